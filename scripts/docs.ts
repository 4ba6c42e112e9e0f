// `npm run docs`: writes the pages of documentation that are generated.
import { writeFileSync } from 'node:fs'
import { describeKinds, loadCatalog } from '../catalog/index.ts'
import { describeTickets } from '../service/index.ts'

writeFileSync('docs/catalog.md', describeKinds(loadCatalog()))
writeFileSync('docs/tickets.md', describeTickets())
console.log('docs/catalog.md docs/tickets.md')
