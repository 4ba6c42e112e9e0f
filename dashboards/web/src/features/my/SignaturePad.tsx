import { Button, Group, Text } from '@mantine/core'
import { type PointerEvent, useRef, useState } from 'react'
import { useWords } from '../../words/index.ts'

const [WIDTH, HEIGHT] = [600, 220]

/** The owner signs with a finger. @param done the picture, PNG in base64 */
export function SignaturePad({ done }: { done: (base64: string) => void }) {
  const { t } = useWords()
  const canvas = useRef<HTMLCanvasElement>(null)
  const isDown = useRef(false)
  const [isSigned, sign] = useState(false)
  const at = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    return [((clientX - left) / width) * WIDTH, ((clientY - top) / height) * HEIGHT]
  }
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    const pen = canvas.current?.getContext('2d')
    if (!pen) return
    event.currentTarget.setPointerCapture(event.pointerId)
    isDown.current = true
    pen.lineWidth = 3
    pen.lineCap = 'round'
    pen.strokeStyle = '#111111'
    pen.beginPath()
    pen.moveTo(...at(event))
  }
  const draw = (event: PointerEvent<HTMLCanvasElement>) => {
    const pen = canvas.current?.getContext('2d')
    if (!isDown.current || !pen) return
    pen.lineTo(...at(event))
    pen.stroke()
    sign(true)
  }
  const wipe = () => {
    canvas.current?.getContext('2d')?.clearRect(0, 0, WIDTH, HEIGHT)
    sign(false)
  }
  const keep = () => {
    const url = canvas.current?.toDataURL('image/png') ?? ''
    done(url.slice(url.indexOf(',') + 1))
  }
  return (
    <div>
      <Text size="xs" c="dimmed">
        {t('my.signHere')}
      </Text>
      <canvas
        ref={canvas}
        width={WIDTH}
        height={HEIGHT}
        className="signature"
        role="img"
        aria-label={t('my.signHere')}
        onPointerDown={begin}
        onPointerMove={draw}
        onPointerUp={() => {
          isDown.current = false
        }}
      />
      <Group gap="xs">
        <Button size="xs" variant="light" disabled={!isSigned} onClick={keep}>
          {t('my.keepSignature')}
        </Button>
        <Button size="xs" variant="subtle" disabled={!isSigned} onClick={wipe}>
          {t('my.wipe')}
        </Button>
      </Group>
    </div>
  )
}
