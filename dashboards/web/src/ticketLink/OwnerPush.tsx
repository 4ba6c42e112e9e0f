/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import { call } from '../call.ts'
import { type PushState, pushState, subscribe } from '../offline/webPush.ts'
import { Button } from './controls.tsx'
import { useAnswer } from './useAnswer.ts'
import { useWords } from './words.ts'

/** The owner's own browser may be told what happens. */
export function OwnerPush({ secret }: { secret: string }) {
  const { t } = useWords()
  const { data } = useAnswer('GET /api/push/key', {})
  const [state, setState] = useState<PushState>('impossible')
  const [busy, setBusy] = useState(false)
  const key = data?.key
  useEffect(() => {
    if (key) void pushState().then(setState)
  }, [key])
  if (!key || state === 'impossible') return null
  const enable = async () => {
    setBusy(true)
    setState(await subscribe(key, (said) => call('POST /api/t/:secret/push', { secret }, said)))
    setBusy(false)
  }
  return state === 'off' ? (
    <Button look="quiet" disabled={busy} onClick={() => void enable()}>
      {t('ownerPush.ask')}
    </Button>
  ) : (
    <p class="dim middle">{t(state === 'on' ? 'ownerPush.on' : 'ownerPush.refused')}</p>
  )
}
