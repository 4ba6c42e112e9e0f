import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { localeOf } from '../../words/language.ts'

/** Who would pay for a repair today: until when it is covered, or since when no more; all of it is in its file. */
export function Warranty({ id }: { id: string }) {
  const { t, say, lang } = useWords()
  const { data } = useCall('GET /api/appliances/:id/warranty', { id })
  if (data?.appliance !== id) return null
  const covers = [
    ...data.contracts.map(({ terms, validUntil, inForce }) => ({ by: say(terms.text), until: validUntil, inForce })),
    ...(data.makers ? [{ by: t('file.makers'), ...data.makers }] : []),
  ].toSorted((a, b) => Number(b.inForce) - Number(a.inForce) || b.until - a.until)
  const [cover] = covers
  if (!cover) return null
  return (
    <Anchor component={Link} to={`/file?code=${encodeURIComponent(id)}`} size="sm">
      {t(cover.inForce ? 'file.covered' : 'file.coveredOnce', {
        by: cover.by,
        at: new Date(cover.until).toLocaleDateString(localeOf(lang), { dateStyle: 'medium' }),
      })}
    </Anchor>
  )
}
