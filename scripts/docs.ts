// `npm run docs`: writes the pages of documentation that are generated.
import { writeFileSync } from 'node:fs'
import { describeKinds, loadCatalog } from '../catalog/index.ts'
import { describeTickets } from '../service/index.ts'
import { render } from '../words/index.ts'

const catalog = loadCatalog()
writeFileSync('docs/catalog.md', describeKinds(catalog))
writeFileSync('docs/tickets.md', describeTickets(catalog, render))
console.log('docs/catalog.md docs/tickets.md')
