import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBarcode } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useWords } from '../../words/index.ts'

/** Of the browsers that have one. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
const detectorOf = (): Detector | undefined => {
  const made = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector
  return made && navigator.mediaDevices ? new made() : undefined
}
const LOOK_EVERY_MS = 250

/** A number or code: scanned where the browser can, typed everywhere. */
export function ScanField({ label, value, change }: { label: string; value: string; change: (value: string) => void }) {
  const { t } = useWords()
  const [isScanning, scanning] = useDisclosure()
  const [canScan] = useState(() => detectorOf() !== undefined)
  return (
    <Group gap="xs" wrap="nowrap" align="flex-end">
      <TextInput
        style={{ flex: 1 }}
        label={label}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        autoCapitalize="characters"
      />
      {canScan && (
        <ActionIcon size={36} variant="default" aria-label={t('my.scan')} onClick={scanning.open}>
          <IconBarcode size={20} />
        </ActionIcon>
      )}
      <Modal opened={isScanning} onClose={scanning.close} title={t('my.scan')} fullScreen>
        {isScanning && (
          <Camera
            found={(code) => {
              change(code)
              scanning.close()
            }}
            close={scanning.close}
          />
        )}
      </Modal>
    </Group>
  )
}

function Camera({ found, close }: { found: (code: string) => void; close: () => void }) {
  const { t } = useWords()
  const video = useRef<HTMLVideoElement>(null)
  const [isRefused, refuse] = useState(false)
  useEffect(() => {
    const detector = detectorOf()
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const look = async (): Promise<void> => {
      const codes = video.current && detector ? await detector.detect(video.current).catch(() => []) : []
      if (isOver) return
      if (codes[0]) found(codes[0].rawValue)
      else timer = setTimeout(() => void look(), LOOK_EVERY_MS)
    }
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then((opened) => {
        stream = opened
        // Closed before the camera had opened.
        if (isOver) return stop(opened)
        if (video.current) video.current.srcObject = opened
        return look()
      })
      .catch(() => refuse(true))
    return () => {
      isOver = true
      clearTimeout(timer)
      stop(stream)
    }
  }, [])
  return (
    <Stack>
      {isRefused ? (
        <Text size="sm">{t('my.noCamera')}</Text>
      ) : (
        <video ref={video} autoPlay playsInline muted width="100%" />
      )}
      <Button variant="default" onClick={close}>
        {t('my.typeIt')}
      </Button>
    </Stack>
  )
}

const stop = (stream: MediaStream | undefined): void => {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
