import type { myEn } from './en.ts'

/** 工程师的一天。 */
export const myZh: typeof myEn = {
  my: {
    title: '今日任务',
    next: '下一单',
    later: '后续任务',
    none: '目前没有安排给您的任务。可抢的单在下面。',
    km: '{{km}} 公里',
    way: '查看路线',
    minutes: '预计 {{minutes}} 分钟',
    kit: '需携带',
    noKit: '预计不需要配件。',
    call: '致电 {{name}}',
    callLater: '上门当天起显示用户的联系方式。',
    steps: {
      contact: '已联系用户',
      onTheWay: '已出发',
      start: '已到达',
      leave: '完成，填写服务卡',
      close: '故障原因',
    },
    told: '已通知用户。',
    noOwner: '没有可通知的用户。',
    noShow: '无人在家',
    waitForPart: '缺少配件',
    orderPart: '订购后再次上门',
    open: '可抢的单',
    take: '抢单',
    asked: '已申请：先比星级，再比时间',
    won: '已归您',
    lost: '已派给他人',
    record: '我的记录',
    stars: '{{stars}} 星（满分 5 星），{{count}} 次评价',
    noRecord: '暂无记录。',
    isolated: '您目前暂停接单：{{why}}',
  },
}
