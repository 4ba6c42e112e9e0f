import { Menu } from '@mantine/core'
import { IconBuilding, IconCheck } from '@tabler/icons-react'
import { call, type SessionView } from '../../api.ts'
import { useLeave } from '../../offline/signOut.ts'
import { useWords } from '../../words/index.ts'

/** Where somebody is of several organisations: which this is, and the way to the others. */
export function Organisations({ session: { organisation, organisations = [] } }: { session: SessionView }) {
  const { t } = useWords()
  const leave = useLeave()
  if (organisations.length < 2) return null
  const goTo = (id: string) => leave(() => call('POST /api/session/organisation', {}, { organisation: id }), '/')
  return (
    <>
      <Menu.Label>{t('common.organisation')}</Menu.Label>
      {organisations.map(({ id, name }) => (
        <Menu.Item
          key={id}
          aria-current={id === organisation ? 'true' : undefined}
          leftSection={
            id === organisation ? <IconCheck size={16} aria-hidden /> : <IconBuilding size={16} aria-hidden />
          }
          onClick={() => void (id === organisation || goTo(id))}
        >
          {name}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  )
}
