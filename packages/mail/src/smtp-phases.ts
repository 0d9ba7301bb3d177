/**
 * One mail over one connection, by nodemailer, with a time for each phase. Nodemailer knows one silence for all, but
 * a server that cannot be talked to is known at once, and one that looks through a mail before it takes it may need
 * minutes [RFC 5321, 4.5.3.2]: who is not waited for there gets the same mail again and again.
 */

import type { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection/index.js';

export interface SmtpPhases {
  /** Until the server wants the message: connection, greeting, sign-in, addresses. */
  readonly commandsMs: number;
  /** Until all of it is written. */
  readonly dataMs: number;
  /** From its final dot until it is taken over. */
  readonly acceptMs: number;
}

/** What may stand in the address besides. */
export interface SmtpConnectionOptions extends SMTPConnection.Options {
  readonly authMethod?: string | undefined;
  readonly forceAuth?: boolean | undefined;
}

/** @throws {Error} The server did not take the mail over. */
export async function sendOverSmtp(
  options: SmtpConnectionOptions,
  phases: SmtpPhases,
  envelope: SMTPConnection.Envelope,
  message: Readable,
): Promise<void> {
  const connection = new SMTPConnection(options);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null): void => (error ? reject(error) : resolve());
      const allow = (phase: string, ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(timeoutError(phase, ms)), ms);
      };
      allow('commands', phases.commandsMs);
      connection.on('error', settle);
      connection.once('end', () => settle(new Error('Cannot send mail: the connection was closed')));
      // It is read only when the server has asked for it.
      message.once('resume', () => allow('data', phases.dataMs));
      message.once('end', () => allow('acceptance', phases.acceptMs));
      connection.connect((error) => {
        if (error) return reject(error);
        signIn(connection, options, (refused) => {
          if (refused) return reject(refused);
          connection.send(envelope, message, settle);
        });
      });
    });
  } finally {
    clearTimeout(timer);
    // Without its final dot no server takes a mail that was given up before.
    connection.close();
    message.destroy();
  }
}

function signIn(
  connection: SMTPConnection,
  options: SmtpConnectionOptions,
  done: (error?: Error | null) => void,
): void {
  const { user, pass } = (options.auth ?? {}) as { readonly user?: string; readonly pass?: string };
  const { allowsAuth } = connection as unknown as { readonly allowsAuth: boolean };
  if (user === undefined || !(allowsAuth || options.forceAuth === true)) done();
  else {
    const method = options.authMethod === undefined ? {} : { method: options.authMethod };
    connection.login({ credentials: { user, pass: pass ?? '' }, ...method }, done);
  }
}

function timeoutError(phase: string, ms: number): Error {
  return Object.assign(new Error(`Cannot send mail: the server’s ${phase} took more than ${ms} ms`), {
    code: 'ETIMEDOUT',
  });
}
