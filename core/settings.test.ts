import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('an empty setting is one that is not set', () => {
  expect(readSettings({ MQTT_URL: '' }).MQTT_URL).toBeUndefined()
  expect(() => readSettings({ MQTT_URL: 'http://127.0.0.1' })).toThrow('must be a URL that starts with mqtt://')
})

test('a wrong setting is named, and a secret in it is not shown', () => {
  expect(() => readSettings({ PORT: 'x' })).toThrow('PORT=x cannot be used')
  expect(() => readSettings({ ADMIN_PASSWORD: 'short' })).toThrow(/^ADMIN_PASSWORD=•••• cannot/)
})
