// A file of its own, so that it is loaded with the first notice, and kept for a day without a network.
export { Notifications as default } from '@mantine/notifications'
