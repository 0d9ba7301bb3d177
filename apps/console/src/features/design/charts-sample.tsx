'use client';
import { Card, Meter, Money, StatCard, TimeStamp, TokenCount } from '@tollgate/ui';
import { Sparkline, TimeSeriesChart } from '@tollgate/ui/charts';
import { useDesignText } from './use-design-text.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 9, 22);
const TEAMS = ['Search', 'Checkout', 'Support', 'Data', 'Growth'].map((label) => ({
  key: label.toLowerCase(),
  label,
}));
const OUTCOMES = [
  { key: 'ok', label: 'Answered' },
  { key: 'refused', label: 'Refused' },
  { key: 'failed', label: 'Failed' },
];

/** The same wave on each render, so that pictures of this page can be compared. */
function wave(day: number, place: number): number {
  return (
    40 + 22 * Math.sin(day / 3 + place) + 14 * Math.cos((day * (place + 2)) / 5) + day * (5 - place) * 0.3
  );
}

const SPEND = Array.from({ length: 30 }, (_, day) => ({
  at: new Date(START_MS + day * DAY_MS).toISOString(),
  values: Object.fromEntries(
    TEAMS.map(({ key }, place) => [key, (wave(day, place) / (place + 1)).toFixed(6)]),
  ),
}));

const TRAFFIC = Array.from({ length: 24 }, (_, hour) => ({
  at: new Date(START_MS + hour * 3_600_000).toISOString(),
  values: {
    ok: Math.round(wave(hour, 1) * 30),
    refused: Math.round(Math.abs(Math.sin(hour)) * 120),
    failed: hour % 7 === 0 ? 60 : 4,
  },
}));

export function ChartsSample() {
  const text = useDesignText();
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        <StatCard
          label="Spend this month"
          value={<Money value="12480.034901274" precision="cents" />}
          change={{ text: '12.4%', direction: 'up', spoken: 'up 12.4% against last month' }}
          hint="against October"
          chart={<Sparkline values={SPEND.map((row) => Number(row.values.search))} />}
        />
        <StatCard
          label="Requests"
          value={<TokenCount value={1_204_118} />}
          change={{ text: '3.1%', direction: 'down' }}
          hint="against October"
          chart={<Sparkline values={TRAFFIC.map((row) => row.values.ok)} color="var(--tg-chart-2)" />}
        />
        <StatCard
          label="Error rate"
          value="0.42%"
          change={{ text: '0.2 points', direction: 'down', tone: 'good' }}
          hint="4xx and 5xx"
          chart={<Sparkline values={TRAFFIC.map((row) => row.values.failed)} color="var(--tg-chart-8)" />}
        />
        <StatCard label="Loading" value="" loading />
      </div>
      <div className="grid gap-4 xl:grid-cols-2">
        <Card title={text.charts.byTeam} description={text.charts.byTeamText}>
          <TimeSeriesChart
            title={`${text.charts.byTeam}, ${text.charts.byTeamText}`}
            series={TEAMS}
            rows={SPEND}
            interval="day"
            valueKind="money"
          />
        </Card>
        <Card title={text.charts.byOutcome} description={text.charts.byOutcomeText}>
          <TimeSeriesChart
            title={text.charts.byOutcome}
            series={OUTCOMES}
            rows={TRAFFIC}
            interval="hour"
            kind="bar"
            keepOrder
          />
        </Card>
      </div>
      <Card title={text.charts.figures}>
        <dl className="grid gap-x-8 gap-y-2 text-sm sm:grid-cols-2 lg:grid-cols-3">
          <Figure name={text.figures.exact}>
            <Money value="0.000043500001" />
          </Figure>
          <Figure name={text.figures.cents}>
            <Money value="1234567.894" precision="cents" />
          </Figure>
          <Figure name={text.figures.small}>
            <Money value="0.0000435" precision="cents" />
          </Figure>
          <Figure name={text.figures.credit}>
            <Money value="-12.5" />
          </Figure>
          <Figure name={text.figures.tokens}>
            <TokenCount value={84_402_113} />
          </Figure>
          <Figure name={text.figures.time}>
            <TimeStamp value="2026-11-20T22:14:03Z" />
          </Figure>
          <Figure name={text.figures.exactTime}>
            <TimeStamp value="2026-11-20T22:14:03Z" format="exact" />
          </Figure>
          <Figure name={text.figures.nothing}>
            <Money value={null} />
          </Figure>
        </dl>
        <div className="mt-4 grid gap-4 sm:grid-cols-3">
          <Meter label="Budget of Search" share={0.42} heldShare={0.1} />
          <Meter label="Budget of Checkout" share={0.86} />
          <Meter label="Budget of Support" share={1.2} />
        </div>
      </Card>
    </div>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex justify-between gap-4 border-b border-line pb-1.5">
      <dt className="text-ink-faint">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
