import type { KpiWords } from '../words.ts'

/** What the figures of quality are called, and what exactly each counts. */
export const zhKpis: KpiWords = {
  'kpi-responseHours': '平均响应时间',
  'kpi-responseHours-counts': '从工单生成到首次联系用户的时间（期内生成的工单）。',
  'kpi-onTime': '准时上门率',
  'kpi-onTime-counts': '在约定时段结束前开始的上门。',
  'kpi-visitHours': '上门时长',
  'kpi-visitHours-counts': '期内结束的上门，从到达至离开。',
  'kpi-workInTime': '按时完工率',
  'kpi-workInTime-counts': '用时不超过规则对该类型所规定时长的上门。',
  'kpi-fixedInOneVisit': '一次修复率',
  'kpi-fixedInOneVisit-counts': '一次上门即结案的维修，且至今未重开、未返修。',
  'kpi-fixedForAMonth': '一次修好（保持一个月）',
  'kpi-fixedForAMonth-counts':
    '统计期末前 30 至 61 天内结束唯一一次上门的维修中：30 天内未重开、同一故障未再出现的占比。',
  'kpi-failuresPrevented': '预防的故障',
  'kpi-failuresPrevented-counts': '统计期内经关单确认的故障中：在用户报修之前依据预测修好的占比。',
  'kpi-satisfaction': '满意度',
  'kpi-satisfaction-counts': '期内评价中四星及五星的占比。',
  'kpi-complaints': '投诉率',
  'kpi-complaints-counts': '期内结束的上门中引起投诉（检查单不符或账单异议）的占比。',
  'kpi-callBackOnTime': '按时回访率',
  'kpi-callBackOnTime-counts': '期内到期的回访中按时完成的占比。',
  'kpi-withoutVisit': '免上门解决率',
  'kpi-withoutVisit-counts': '经远程命令或自助指南解决且未复发，占所有有原因结案工单的比例。',
  'kpi-billed': '单均收费',
  'kpi-billed-counts': '期内结案工单的用户平均支付额。',
}
