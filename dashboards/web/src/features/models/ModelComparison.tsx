import { Alert, Card, List, Table, Text, Title } from '@mantine/core'
import type { ModelsView } from '../../api.ts'
import { number, percent } from '../../components/format.tsx'
import { Empty } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

type Comparison = NonNullable<ModelsView['comparison']>
type Side = Comparison['inForce']

/** Both versions over the same readings, and what speaks against the candidate. */
export function ModelComparison({ comparison }: { comparison: Comparison | null }) {
  const { t, lang } = useWords()
  const count = (of: (side: Side) => number | undefined) => (side: Side) => number(of(side), lang, 0)
  const share = (of: (side: Side) => { found: number; known: number } | undefined) => (side: Side) => {
    const known = of(side)
    return known ? t('models.ofKnown', { count: known.found, of: known.known }) : '—'
  }
  const rows: [string, (side: Side) => string][] = [
    [t('models.opened'), count(({ opened }) => opened)],
    [t('models.right'), count(({ right }) => right)],
    [t('models.wrong'), count(({ wrong }) => wrong)],
    [t('models.undecided'), count(({ undecided }) => undecided)],
    [t('models.found'), share((side) => side)],
    [t('models.falseRate'), (side) => number(side.falsePerApplianceYear, lang, 3)],
  ]
  if (comparison?.inForce.truth) {
    rows.push(
      [t('models.trueRight'), count(({ truth }) => truth?.right)],
      [t('models.trueWrong'), count(({ truth }) => truth?.wrong)],
      [t('models.trueFound'), share(({ truth }) => truth)],
    )
  }
  return (
    <Card withBorder padding="md">
      <Title order={3} fz="md" mb="xs">
        {t('models.figure')}
      </Title>
      {!comparison && <Empty>{t('models.notYetCompared')}</Empty>}
      {comparison && (
        <>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th />
                <Table.Th ta="right">{t('models.inForce')}</Table.Th>
                <Table.Th ta="right">{t('models.candidate')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(([name, show]) => (
                <Table.Tr key={name}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td ta="right">{show(comparison.inForce)}</Table.Td>
                  <Table.Td ta="right">{show(comparison.candidate)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Against against={comparison.against} />
        </>
      )}
    </Card>
  )
}

export function Against({ against }: { against: Comparison['against'] }) {
  const { t } = useWords()
  const say = useAgainst()
  if (against.length === 0) {
    return (
      <Alert color="teal" mt="sm">
        {t('models.mayPromote')}
      </Alert>
    )
  }
  return (
    <Alert color="orange" mt="sm" title={t('models.against')}>
      <List size="sm" spacing={4}>
        {against.map((one) => (
          <List.Item key={JSON.stringify(one)}>
            <Text size="sm">{say(one)}</Text>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

/** One thing that speaks against a promotion, in the reader's language. */
function useAgainst(): (one: Comparison['against'][number]) => string {
  const { t, lang } = useWords()
  const show = (value: number | null): string =>
    value === null ? '—' : number(value, lang, Number.isInteger(value) ? 0 : 2)
  return (one) => {
    switch (one.reason) {
      case 'seen-too-little':
        return t('models.reason.seen-too-little', { candidate: show(one.candidate), least: show(one.least) })
      case 'more-false':
        return t('models.reason.more-false', {
          candidate: show(one.candidate),
          inForce: show(one.inForce),
          by: t(`models.by.${one.by}`),
        })
      case 'finds-less':
        return t('models.reason.finds-less', {
          candidate: show(one.candidate),
          inForce: show(one.inForce),
          known: show(one.known),
          by: t(`models.by.${one.by}`),
        })
      case 'too-many-unjudged':
        return t('models.reason.too-many-unjudged', { candidate: show(one.candidate), inForce: show(one.inForce) })
      case 'held-out': {
        const shown = (value: number | null): string =>
          value === null ? '—' : one.figure === 'falsePerYear' ? number(value, lang, 2) : percent(value, lang)
        return t('models.reason.held-out', {
          family: one.family,
          figure: t(`models.figures.${one.figure}`),
          candidate: shown(one.candidate),
          inForce: shown(one.inForce),
        })
      }
    }
  }
}
