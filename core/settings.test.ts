import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('a setting that this version does not serve is refused with what to do instead, never taken in silence', () => {
  expect(() => readSettings({ MQTT_URL: 'mqtt://127.0.0.1:1883' })).toThrow('MQTT_URL cannot be used yet')
  expect(readSettings({ MQTT_URL: '' }).MQTT_URL).toBeUndefined()
})

test('a wrong setting is named, and a secret in it is not shown', () => {
  expect(() => readSettings({ PORT: 'x' })).toThrow('PORT=x cannot be used')
  expect(() => readSettings({ ADMIN_PASSWORD: 'short' })).toThrow(/^ADMIN_PASSWORD=•••• cannot/)
})
