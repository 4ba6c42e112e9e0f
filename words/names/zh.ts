import type { Names } from '../words.ts'

/** Skills and papers of engineers as shipped. */
export const zhNames: Names = {
  none: '无故障',
  'sealed-system': '制冷系统',
  cooling: '制冷',
  electrical: '电气',
  mechanical: '机械',
  plumbing: '水路',
  general: '通用',
  A: 'A 级证书',
  senior: '高级证书',
  intermediate: '中级证书',
  junior: '初级证书',
  interview: '面谈',
  exam: (grade) => `${grade} 级考试`,
}
