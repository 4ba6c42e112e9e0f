// `npm run docs`: writes the pages of documentation that are generated.
import { writeFileSync } from 'node:fs'
import { describeKinds, loadCatalog } from '../catalog/index.ts'

writeFileSync('docs/catalog.md', describeKinds(loadCatalog()))
console.log('docs/catalog.md')
