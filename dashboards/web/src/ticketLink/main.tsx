/** @jsxImportSource preact */
// The page of a ticket for whoever holds its link: an application of its own, because it is opened once, on a phone, by
// somebody who waits. What it loads is a fifth of the pages' shell.
import './ticketLink.css'
import { render } from 'preact'
import { TicketPage } from './TicketPage.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('ticket.html has no #root')
const secret = decodeURIComponent(location.pathname.split('/')[2] ?? '')
render(<TicketPage secret={secret} />, root)
