import { Anchor, Button, Skeleton, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { Listing } from '../../components/Listing.tsx'
import { useNames } from '../../components/names.ts'
import { Failure } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'

const WEEKS = 4
/** Less than this many units in all weeks is not worth a row. */
const NOTABLE = 0.1
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What to bring where: demand that predictions foresee, beside last year's. */
export function Restock() {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const mayOrder = useMay()('stock.change')
  const names = useNames()
  const { data, error, refetch } = useCall('GET /api/parts/restock', { weeks: WEEKS }, 60_000)
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={300} />
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('parts.restockHint', { count: WEEKS })}
      </Text>
      <Listing
        name="restock"
        rows={data.items.filter(
          ({ forecast, lastYear, proposed }) => proposed > 0 || sum(lastYear) > 0 || sum(forecast) >= NOTABLE,
        )}
        keyOf={({ place, part }) => `${place}/${part}`}
        empty={t('parts.restockEmpty')}
        columns={[
          { key: 'part', label: t('parts.part'), value: ({ part }) => names.anyPart(part) },
          { key: 'place', label: t('parts.place'), value: ({ place }) => place },
          {
            key: 'forecast',
            label: t('parts.forecast'),
            value: ({ forecast }) => sum(forecast),
            render: ({ forecast }) => number(sum(forecast), lang, 1),
            isNumber: true,
          },
          { key: 'lastYear', label: t('parts.lastYear'), value: ({ lastYear }) => sum(lastYear), isNumber: true },
          { key: 'available', label: t('parts.available'), value: ({ available }) => available, isNumber: true },
          { key: 'proposed', label: t('parts.proposed'), value: ({ proposed }) => proposed, isNumber: true },
          {
            key: 'order',
            label: '',
            value: () => undefined,
            render: ({ place, part, proposed }) =>
              mayOrder && proposed > 0 ? (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={busy}
                  aria-label={`${t('order.button')}: ${names.anyPart(part)}, ${place}`}
                  onClick={() =>
                    void act('POST /api/parts/orders', {}, { place, part, quantity: proposed }, t('order.done'))
                  }
                >
                  {t('order.button')}
                </Button>
              ) : null,
          },
        ]}
      />
    </>
  )
}

/** Every move of stock, newest first, each with its ticket. */
export function StockMoves() {
  const { t } = useWords()
  const names = useNames()
  const { data, error, refetch } = useCall('GET /api/parts/ledger', { limit: 200 }, 30_000)
  useFresh(['ticket'], ['/api/parts/ledger'])
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={300} />
  const signed = (value: number): string => (value > 0 ? `+${value}` : String(value))
  return (
    <Listing
      name="stock-moves"
      rows={data.items}
      keyOf={({ seq }) => String(seq)}
      empty={t('parts.ledgerEmpty')}
      columns={[
        { key: 'at', label: t('parts.at'), value: ({ at }) => at, render: ({ at }) => <When at={at || undefined} /> },
        { key: 'kind', label: t('parts.move'), value: ({ kind }) => t(`parts.moves.${kind}`) },
        { key: 'part', label: t('parts.part'), value: ({ part }) => names.anyPart(part) },
        { key: 'place', label: t('parts.place'), value: ({ place }) => place },
        {
          key: 'onHand',
          label: t('parts.onHandChange'),
          value: ({ onHand }) => onHand,
          render: ({ onHand }) => signed(onHand),
          isNumber: true,
        },
        {
          key: 'reserved',
          label: t('parts.reservedChange'),
          value: ({ reserved }) => reserved,
          render: ({ reserved }) => signed(reserved),
          isNumber: true,
        },
        {
          key: 'why',
          label: t('parts.why'),
          value: ({ why }) => why,
          render: ({ why, ticket }) =>
            ticket ? (
              <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
                {why}
              </Anchor>
            ) : (
              why
            ),
        },
        { key: 'by', label: t('parts.by'), value: ({ by }) => by },
      ]}
    />
  )
}
