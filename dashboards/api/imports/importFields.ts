import { z } from 'zod'
import { idSchema, type Language, languages, registrationSchema } from '../../../core/index.ts'
import type { Field } from './readImport.ts'

const place: Field[] = [
  { path: 'location.lat', name: 'lat', also: ['latitude', '纬度'], read: 'number' },
  { path: 'location.lon', name: 'lon', also: ['lng', 'longitude', '经度'], read: 'number' },
]

/** `zh-CN`, `en_GB`, 中文: the languages that are served, however they are written. */
function language(cell: string): { value: string } | { why: string } {
  const word = cell.toLowerCase()
  const value = languages.find((one) => word.split(/[-_]/)[0] === one || namesOf(one).includes(word))
  return value ? { value } : { why: `is no language that is served; use ${languages.join(', ')}` }
}

/** What a language is called in each of them; in Chinese there are several ways. */
const namesOf = (of: Language): string[] =>
  languages.flatMap((by) => {
    const name = new Intl.DisplayNames(by, { type: 'language' }).of(of)?.toLowerCase() ?? ''
    return [name, name.replace(/语$/, '文'), name.replace(/^中文$/, '汉语')]
  })

export const applianceFields: Field[] = [
  { path: 'id', name: 'id', also: ['serial', '编号', '序列号'], required: true },
  { path: 'kind', name: 'kind', also: ['type', '种类', '类型'], required: true },
  { path: 'model', name: 'model', also: ['型号'], required: true },
  { path: 'batch', name: 'batch', also: ['批次'] },
  { path: 'firmware', name: 'firmware', also: ['固件'] },
  { path: 'installedAt', name: 'installedAt', also: ['installed', '安装日期', '安装时间'], read: 'time' },
  { path: 'cadenceSeconds', name: 'cadenceSeconds', also: ['cadence'], read: 'number' },
  { path: 'homeId', name: 'homeId', also: ['home', '住宅'] },
  ...place,
  { path: 'owner.name', name: 'ownerName', also: ['owner', '用户', '用户姓名', '姓名'] },
  { path: 'owner.contact', name: 'ownerContact', also: ['contact', 'mail', 'email', 'phone', '联系方式', '电话'] },
  { path: 'owner.language', name: 'language', also: ['ownerLanguage', '语言'], read: language },
  { path: 'owner.segment', name: 'segment', also: ['ownerSegment'] },
]

/** An owner may be known by a name alone, or by a number alone; a language alone is nobody's. */
export function completeOwner(body: Record<string, unknown>): void {
  const { owner } = body as { owner?: { name?: string; contact?: string } }
  if (!owner) return
  if (owner.name === undefined && owner.contact === undefined) delete body.owner
  else body.owner = { name: '', contact: '', ...owner }
}

export const factoryFields: Field[] = [
  ...applianceFields.slice(0, 5),
  { path: 'code', name: 'code', also: ['claimCode', 'qr', '绑定码', '激活码'], required: true },
]
/** Shorter codes could be tried. */
const LEAST_CODE = 12
export const factoryRowSchema = registrationSchema
  .pick({ id: true, kind: true, model: true, batch: true, firmware: true })
  .extend({ code: z.string().min(LEAST_CODE).max(100) })

export const engineerFields: Field[] = [
  { path: 'id', name: 'id', also: ['编号', '工号'], required: true },
  { path: 'name', name: 'name', also: ['姓名'], required: true },
  { path: 'grade', name: 'grade', also: ['等级'], required: true },
  {
    path: 'skills',
    name: 'skills',
    also: ['技能'],
    required: true,
    read: (cell) => ({ value: cell.split(/[\s,;|，；、]+/).filter(Boolean) }),
  },
  ...place.map((field) => ({ ...field, required: true })),
  { path: 'depot', name: 'depot', also: ['van', '仓库'] },
  { path: 'outlet', name: 'outlet', also: ['网点'] },
]

export const stockFields: Field[] = [
  { path: 'depot', name: 'depot', also: ['place', 'van', '仓库'], required: true },
  { path: 'part', name: 'part', also: ['配件'], required: true },
  { path: 'quantity', name: 'quantity', also: ['count', 'stock', '数量'], required: true, read: 'number' },
  { path: 'type', name: 'type', also: ['类型'] },
  ...place,
]

/** One line of a stock count. A place that is not known yet needs its type and where it is. */
export const stockRowSchema = z.object({
  depot: idSchema,
  part: z.string().min(1).max(64),
  quantity: z.int().min(0).max(1_000_000),
  type: z.enum(['depot', 'outlet', 'van']).optional(),
  location: z.object({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }).optional(),
})
export type StockRow = z.infer<typeof stockRowSchema>
