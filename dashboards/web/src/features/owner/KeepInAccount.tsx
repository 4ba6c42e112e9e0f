import { Button } from '@mantine/core'
import { useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

interface Kept {
  secret: string
  /** Of the owner whose page it is. */
  appliances: readonly { id: string }[]
}

/** For an owner who is signed in, and whose account does not have this owner's page yet. */
export function KeepInAccount(page: Kept) {
  const { data: session } = useCall('GET /api/session', {})
  return session?.may['my.home'] ? <KeepButton {...page} /> : null
}
function KeepButton({ secret, appliances }: Kept) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data: homes } = useCall('GET /api/home', {})
  const kept = new Set(homes?.items.flatMap((home) => home.appliances.map(({ id }) => id)))
  if (!homes || appliances.some(({ id }) => kept.has(id))) return null
  return (
    <Button
      variant="light"
      loading={busy}
      onClick={() => void act('POST /api/home', {}, { link: secret }, t('home.kept'))}
    >
      {t('home.keep')}
    </Button>
  )
}
