/**
 * Child processes that do not outlive whoever started them: where this process ends without ending them (it was
 * killed, or crashed), a watcher that holds the other end of a pipe kills them and their process groups.
 *
 * A watcher, because what it has to end may stand still (SIGSTOP) or be no program of ours. Not here: how a child is
 * ended in an orderly way, which stays with whoever started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';

// Reads which children there are, line by line, until the pipe closes: the system sees to that whatever ends us.
const WATCHER_SCRIPT = `
alive=
while read -r change pid; do
  case $change in
    started) alive="$alive $pid" ;;
    ended)
      others=
      for each in $alive; do [ "$each" = "$pid" ] || others="$others $each"; done
      alive=$others
      ;;
  esac
done
for each in $alive; do kill -KILL "-$each" 2>/dev/null || kill -KILL "$each" 2>/dev/null; done
`;

/** A process that was forked and has lost its parent has this long to end by itself. */
const ORPHAN_MS = 1_000;

let watcher: ChildProcess | undefined;

/** From now on `child` does not outlive this process. One that leads a process group takes its group along. */
export function endWithThisProcess(child: ChildProcess): void {
  const { pid } = child;
  // It could not be started, or has ended.
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  watcher ??= startWatcher();
  const { stdin } = watcher;
  stdin?.write(`started ${pid}\n`);
  child.once('exit', () => stdin?.write(`ended ${pid}\n`));
}

function startWatcher(): ChildProcess {
  // Its own process group: Ctrl-C in the terminal must end the run, not the one who cleans up after it.
  const started = spawn('sh', ['-c', WATCHER_SCRIPT, 'tollgate-child-watcher'], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  started.once('error', () => undefined);
  started.stdin.on('error', () => undefined);
  // The forks in which tests run outlive a runner that is killed, and would go on for minutes.
  process.once('disconnect', () => {
    started.stdin.end();
    setTimeout(() => process.exit(1), ORPHAN_MS).unref();
  });
  started.unref();
  (started.stdin as unknown as { unref(): void }).unref();
  return started;
}
