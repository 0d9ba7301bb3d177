/** The documentation in English. Facts are the gateway's; its tests hold them. */
import { type DocPages, heading, list, note, sample, steps, table, text } from '../doc-block.ts';
import { budgetBlocks } from './budget-blocks.ts';
import { payloadBlocks } from './payload-blocks.ts';
import { requestPages } from './request-pages.ts';
import { singleSignOnPage } from './single-sign-on-page.ts';

export const english: DocPages = {
  'first-call': {
    title: 'The first call',
    summary: 'From a virtual key to an answer, in any language that speaks HTTP.',
    blocks: [
      steps(
        'Create a virtual key under [Keys](/keys?create=1). Its secret begins with `tgk_` and is shown once.',
        'Put it into your environment as `TOLLGATE_API_KEY`.',
        'Send a request to the gateway as you would to the provider. Only the address and the key differ.',
      ),
      sample('firstCall', 'First call'),
      text(
        '`sim-small` is answered by the simulator where your installation offers it, and costs nothing real. Any name of [Models](/models) works in its place. To try without a program, open the [playground](/playground).',
      ),
      heading('what-you-see', 'What you see afterwards'),
      text(
        'Every answer carries `x-tollgate-request-id`. The request stands under [Requests](/requests) within seconds: attempts, tokens, cost by component, latency, and the rule that decided where it was refused.',
      ),
      table(
        ['Header of the answer', 'Says'],
        ['`x-tollgate-request-id`', 'the id under which Tollgate knows the request'],
        ['`x-tollgate-model`, `x-tollgate-provider`', 'who answered'],
        ['`x-tollgate-attempts`', 'how often a provider was asked'],
        ['`x-tollgate-cost-usd`', 'what it cost; on streams it is known afterwards'],
        ['`x-tollgate-overhead-us`', 'what the gateway itself took, in microseconds'],
      ),
    ],
  },
  sdks: {
    title: 'SDKs and base URLs',
    summary: 'Which address each official SDK is given. Code stays as it is.',
    blocks: [
      text(
        'The gateway speaks the formats of OpenAI, Anthropic and Google, and translates between them: any SDK reaches any model that your key may use. Your virtual key takes the place of the provider’s key.',
      ),
      heading('openai', 'OpenAI'),
      sample('openai', 'OpenAI'),
      heading('anthropic', 'Anthropic'),
      text('Without `/v1`: the SDK adds it.'),
      sample('anthropic', 'Anthropic'),
      heading('gemini', 'Google Gemini'),
      sample('gemini', 'Gemini'),
      heading('others', 'Everything else'),
      text(
        'What lets you set a base URL for OpenAI works: LangChain, the Vercel AI SDK, LiteLLM, OpenRouter clients. The paths `/openai/v1`, `/anthropic/v1` and `/google/v1beta` fix the format where a program does not say it.',
      ),
      note('A key belongs into a header. Keys in the address are refused, because addresses end up in logs.'),
    ],
  },
  keys: {
    title: 'Keys and scopes',
    summary: 'What a virtual key may do, and how to keep it small.',
    blocks: [
      text(
        'A virtual key identifies an application to the gateway. It is never a provider’s key, and revoking it reaches every gateway within a second or two.',
      ),
      table(
        ['Scope', 'Restricts', 'Empty means'],
        [
          'Models',
          'names such as `gpt-5.2`, or patterns such as `gpt-5*`',
          'every model of the organization',
        ],
        ['Providers', 'who may answer', 'every provider'],
        ['Endpoints', 'what may be asked: chat, embeddings, images …', 'all'],
        ['IP ranges', 'where requests may come from', 'from anywhere'],
        ['Expiry', 'when it ends', 'it never ends'],
      ),
      text(
        'Budgets and rate limits hold as well: those of the key itself, of its team and the teams above, of its owner, and of the organization. The narrowest decides. The key’s page shows all that hold, and which rule would refuse.',
      ),
      sample('createKey', 'Create a key'),
      heading('owners', 'People and service accounts'),
      text(
        'A key of a person ends when the person leaves. What an application uses belongs to a [service account](/service-accounts), which stays.',
      ),
      heading('playground', 'The key of the playground'),
      text(
        'Whoever opens the [playground](/playground) calls under a key of their own, named “Playground:” and their name, and tagged `source=playground`. Its secret lives on the server for one session and is never shown. Give it a budget like any other key.',
      ),
    ],
  },
  budgets: {
    title: 'Budgets',
    summary: 'What “hard” means, what is refused, and why a request can be refused before the money is gone.',
    blocks: [
      text(
        'A **hard** budget is never overspent, on any endpoint, with any number of gateways. Before a request goes out, the most that it could cost is held; when the answer is there, what it did cost is charged and the rest is free again. A **soft** budget refuses nothing and alerts.',
      ),
      table(
        ['Refusal', 'Means', 'What helps'],
        [
          '`budget_exceeded` (402)',
          'nothing is left in this period',
          'wait for the reset, or raise the limit',
        ],
        [
          '`request_exceeds_budget` (402)',
          'this one request could cost more than is left',
          'lower `max_tokens`, or send less input',
        ],
        [
          '`budget_in_flight` (429)',
          'there is money, but running requests hold it',
          'try again: SDKs do so by themselves',
        ],
        [
          '`unbounded_cost` (402)',
          'nothing bounds the cost: no price is known for the model or for something it would use, a tool of the provider runs without a limit, or input cannot be counted here (a picture, a file, a kept conversation) and the model’s window is not known',
          'state a [price](/prices); limit the tool (`max_uses`) or leave it out; take a model whose window is known. An output limit of yours does not help: where it lacks, we set one',
        ],
      ),
      text(
        'A refusal names the rule, whom it holds for (with the budget’s name), the limit, what is used, and when it resets:',
      ),
      sample('budgetRefusal', 'A refusal'),
      heading('output-limit', 'Why we set an output limit'),
      text(
        'Where a request under a hard budget has no output limit, the gateway sets one, and says so in `x-tollgate-max-output-tokens`: the model’s own, 8,192 tokens where it is not known, or fewer where the budget affords no more. A smaller one of yours means smaller holds, and more requests at once; one that you set is never changed.',
      ),
      ...budgetBlocks.en,
      heading('exceptions', 'The two exceptions'),
      list(
        'A limit that you lower below what is spent: nothing more is served, and what was spent stays spent.',
        'A provider that reports more than the request could be bounded to. It is recorded as it is, counts, and is alerted; nothing is blocked, but once nothing is left the budget refuses until it resets or is raised.',
      ),
      text('All budgets stand on [one page](/budgets), with what they are forecast to reach.'),
    ],
  },
  'rate-limits': {
    title: 'Rate limits and headers',
    summary: 'Requests, tokens and concurrency: who counts, what headers say, when to try again.',
    blocks: [
      text(
        'A [rate limit](/rate-limits) holds for an organization, a team, a key, a member, a service account, an end user, a model or a tag. Limits are shared by all gateways. Of several that hold, each must have room.',
      ),
      text('On every answer, the limit with the least left is told the way OpenAI’s clients read it:'),
      sample('rateHeaders', 'Headers'),
      text('What the provider says about its own limits arrives as `x-upstream-ratelimit-*`.'),
      heading('retry', 'When to try again'),
      table(
        ['Wait', 'The answer carries', 'Official SDKs'],
        ['up to 30 s', '`retry-after` and `retry-after-ms`', 'wait and try again, twice'],
        [
          'longer',
          '`retry-after` and `x-should-retry: false`',
          'give up at once instead of sleeping for hours',
        ],
      ),
      text(
        '`rate_limit_exceeded` is yours; `upstream_rate_limited` is the provider’s. Both are 429, and both say whose rule it was.',
      ),
    ],
  },
  errors: {
    title: 'Errors',
    summary: 'Every code of the gateway, what it means, and what to do.',
    blocks: [
      text(
        'Errors come in the format of your SDK. The part named `tollgate` is the same in all: `code`, `request_id`, and as far as it applies `rule_id`, `scope`, `limit`, `used`, `requested`, `resets_at` and `source`: your organization’s rule or the provider’s.',
      ),
      { kind: 'errors' },
      note(
        'Trouble on our side is 503 with `retry-after`, or 500 where the gateway itself is at fault. It never looks like a bad key or an empty budget. `upstream_error` has the status of the provider where the provider refused the request (400, 404, 422 …), else 502. Clients in Anthropic’s format get 529 where the provider says that it is overloaded.',
      ),
    ],
  },
  streaming: {
    title: 'Streaming and aborts',
    summary: 'How streams end, what happens when a client goes away, and what is billed.',
    blocks: [
      sample('streaming', 'Streaming'),
      list(
        'A stream ends with its format’s last event (`data: [DONE]` for chat completions) or with its format’s error event. It is never cut silently.',
        'Usage is always asked of the provider. If you did not ask for it, you do not see it.',
        'Cost is known when the stream has ended:',
      ),
      sample('requestCost', 'Cost of a request'),
      heading('abort', 'When a client goes away'),
      text(
        'The call to the provider is closed within 100 ms. What had been produced is billed: by the provider’s own count where it arrived, else by ours, and then the entry is marked as estimated. Answers that are not streamed are read to their end, so that their usage is known.',
      ),
      heading('timeouts', 'Time limits'),
      text(
        'The gateway waits 5 s for the connection; of streams 60 s for the beginning and 120 s from one event to the next; 600 s for the whole of other answers. `x-tollgate-timeout-ms` shortens the wait for a stream’s beginning and for a whole answer; it never lengthens it. Without it, what OpenAI’s SDKs announce as their own time limit counts.',
      ),
    ],
  },
  models: {
    title: 'Models and names',
    summary: 'How the name in a request becomes a provider, and why a model may not be found.',
    blocks: [
      text('A name is understood in this order:'),
      steps(
        'the name of a route of your organization,',
        '`provider/model`, such as `anthropic/claude-opus-4-8`,',
        'the bare name, such as `gpt-5.2`, or an alias of it.',
      ),
      text(
        'Where credentials of your organization serve it, only these are asked, by priority; where none does, resold ones. From own to resold it goes only by a route that allows it. [Models](/models) lists what you can use, with prices and abilities.',
      ),
      sample('models', 'Models of a key'),
      heading('routes', 'How do I fall back to another provider?'),
      steps(
        'Make a [route](/routes): give it the name that applications ask for. The name of a model works too: then those who ask for that model take the route, and nothing changes in applications.',
        'Add the model that should answer as target. With several, each gets its share by weight.',
        'Add models of other providers as fall-backs, in the order in which they are tried.',
        'Test a request on the same page: it shows who would be tried, and sends nothing.',
      ),
      text(
        'A fall-back is tried where the targets before it failed **before the answer began**: the provider cannot be reached, is overloaded, limits its rate, or refuses our credential. A request that the provider calls wrong is not sent to the next. What an answer was served by stands in `x-tollgate-route`, `x-tollgate-model` and `x-tollgate-provider`, and on the request’s page. A route never widens a key: what the key may not use is left out.',
      ),
      heading('not-found', 'model_not_found'),
      text(
        'The model does not exist, or this key may not use it: the answer is the same, so that nobody learns what others have. It names models near to it that the key may use. Look at the key’s scope and at [Providers](/providers).',
      ),
      heading('parameters', 'Parameters that a model lacks'),
      text(
        'What a provider has no words for and would change the answer (a tool, an image, a schema) is refused by name: `unsupported_parameter`. A hint that leaves the answer what it is (a seed, a mark for the cache) is left out, and named in the header `x-tollgate-unsupported` of the answer and on the request’s page. Send `x-tollgate-unsupported: refuse` to have both refused, or `x-tollgate-unsupported: report` to go on without both.',
      ),
    ],
  },
  ...requestPages.en,
  ...singleSignOnPage.en,
  usage: {
    title: 'Usage and invoices',
    summary: 'How a number on an invoice traces back to a request.',
    blocks: [
      text(
        'Every attempt that reaches a provider becomes exactly one usage entry, with the price version it was rated with. Amounts are integers of a trillionth of a dollar. An invoice’s sum is rounded once, to the cent, in a line that shows it; each tax on it is rounded by itself.',
      ),
      table(
        ['You see', 'It is the sum of', 'Open it'],
        ['a total of an invoice', 'its lines, one rounding, and its taxes', '[Invoices](/invoices)'],
        ['a line of an invoice', 'the requests behind it', 'click on the line'],
        ['a figure of usage', 'the entries of that range', '[Usage](/usage)'],
        ['the cost of a request', 'its attempts, component by component', '[Requests](/requests)'],
      ),
      sample('usage', 'Usage by API'),
      heading('cost-charge', 'Cost and charge'),
      text(
        '**Cost** is what the provider takes. **Charge** is what you pay for resold models, with the operator’s markup. With credentials of your own there is only the cost, and you pay the provider.',
      ),
      heading('corrections', 'Corrections'),
      text(
        'A final invoice never changes. Late or corrected usage becomes a credit or debit note that refers to it. A draft debit note, which says that more is owed, is issued by itself once the days of grace have passed since something was owed on it, and no more has come for six hours (which is waited for a day at most); whoever may can issue it earlier. A credit note waits for somebody to issue it. What was counted by us instead of the provider is marked as estimated.',
      ),
    ],
  },
  security: {
    title: 'Security',
    summary: 'Revocation, rotation, and proof that the audit log was not altered.',
    blocks: [
      heading('revoke', 'Revoking a key'),
      text(
        'A revoked key is refused everywhere within a second (within some two while Redis is away), and its open streams are cut within two. If gateways cannot be reached, they go on for at most the time set under [Organization](/settings/organization).',
      ),
      heading('rotate', 'Rotating a key'),
      text(
        'A rotation gives a new secret to the same key: its history, budgets and limits stay. The old secret works for the overlap that you choose.',
      ),
      sample('rotate', 'Rotate with a day of overlap'),
      heading('secrets', 'Where secrets are'),
      list(
        'Virtual keys and tokens: only a hash is stored. They are shown once.',
        'Credentials of providers: encrypted, bound to organization and address; changing the address needs the secret again.',
        'Logs, errors, audit events and webhooks hold none.',
      ),
      ...payloadBlocks.en,
      heading('audit', 'Verifying the audit log'),
      text(
        'Every change is in the [audit log](/settings/audit-log), written together with the change itself, with who, from where, before and after. Events are chained by hashes and the chain’s head is signed. “Verify the chain” reads it all and names every event that was changed, dropped, moved or cut off.',
      ),
      text(
        '“Export evidence”, “JSON Lines, to verify offline”, takes the sealed log along. `npm run tollgate -- verify-log FILE` verifies that file without database or network, names every line at which it does not hold, and tells the fingerprint of the key that signed its end: keep it, so that nobody can hand you a log that was written anew.',
      ),
      heading('leaving', 'When somebody leaves'),
      text(
        'Removing a member takes their access here, their own keys, their admin tokens and the invitations that they sent at once.',
      ),
    ],
  },
  webhooks: {
    title: 'Webhooks and signatures',
    summary: 'How to know that an event came from here, and is not an old one sent again.',
    blocks: [
      text(
        'Endpoints are set up under [Alerts](/alerts?tab=webhooks). Each delivery is a POST with JSON, and carries `tollgate-signature: t=UNIX_SECONDS,v1=HEX`: HMAC-SHA-256 over `t`, a dot and the raw body, with the endpoint’s secret.',
      ),
      sample('webhookCheck', 'Check a signature'),
      list(
        'Check against the raw body, before anything parses it.',
        'Refuse what is older than five minutes.',
        'While a secret is being rotated there are two `v1`; one that fits is enough.',
        'What is not answered with 2xx is sent again with growing pauses, for two days; then it is given up, and can be sent again by hand for 30 days. An event may come twice: its id stays the same.',
        'An endpoint to which nothing could be delivered for three days is switched off; what it missed in the last 30 days can be sent again.',
      ),
    ],
  },
};
