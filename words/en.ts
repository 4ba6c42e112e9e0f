import { amountIn } from './amount.ts'
import { enKpis } from './kpis/en.ts'
import { timesIn } from './when.ts'
import type { Words } from './words.ts'

/** A time for people; its zone is said, because a mail cannot know where it is read. */
const when = timesIn('en-GB', 'short')
const after = (words: string | undefined): string => (words ? `: ${words}` : '')
/** Which desk called. */
const calling = (desk: string | undefined): string =>
  desk === undefined ? '' : ` by ${desk === 'central' ? 'the central desk' : desk}`
/** People are called by their names. */
const who = (by: string): string => by.replace(/^user:/, '')
const money = amountIn('en-GB')
/** What became of the money of a bill. */
const paid = {
  asked: 'payment asked for',
  paid: 'paid',
  failed: 'the payment failed',
  refunded: 'the money went back',
  'voucher-used': 'paid by voucher',
}
const list = (items: readonly string[]): string => items.join(', ')

const promises = {
  'first-response': 'the first word to the owner',
  'on-site': 'the visit',
  parts: 'the delivery of parts',
}

/** What every code says in English. */
export const en: Words = {
  'alert-opened': ({ alert, mode }) => `alert ${alert}: ${mode}`,
  'rule-spoke': ({ alert, rule, version }) => `alert ${alert}: rule ${rule} spoke (version ${version})`,
  'alert-again': ({ alert, mode, days, before }) => `alert ${alert}: ${mode} again, ${days} days after ${before}`,
  'care-due': ({ plan }) => `due: ${plan}`,
  'inspection-contracted': ({ plan, months }) => `inspection every ${months} months by contract: ${plan}`,
  'alert-joined': ({ alert, mode }) => `alert ${alert} joined: ${mode}`,
  'alert-while-verifying': ({ alert, mode }) => `alert ${alert} while the repair is being verified: ${mode}`,
  'owner-asked': 'the owner is asked to agree',
  'owner-to-call': 'no message can reach the owner: a person is to call them',
  'no-owner': 'no owner is known: the desk decides',
  'another-finding': ({ mode }) => `another finding: ${mode}`,
  grown: ({ from, to }) => `it has grown: priority ${from} → ${to}`,
  'reason-gone': 'what it was for is seen no more: every value is back inside its band',
  'reason-weaker': 'what it was for has weakened and fits no fault: nothing is urgent',
  'reason-back': ({ mode }) => `it shows again: ${mode}`,
  agreed: 'agreed',
  'agreed-with-time': 'agreed, with a time',
  reported: ({ words }) => `reported: ${words}`,
  'also-reported': ({ words }) => `also reported: ${words}`,
  'fault-again': ({ days, before, words }) => `the same fault again, ${days} days after ${before}: ${words}`,
  'reported-by-owner': 'reported by the owner',
  'owner-reports-too': 'the owner reports it too',
  'recall-free': 'a recall: free of charge',
  'best-of': ({ count, reasons }) => `best of ${count}: ${list(reasons)}`,
  'by-hand': 'as assigned by hand',
  'by-day-plan': ({ reasons }) => `by the plan of the day: ${list(reasons)}`,
  taken: ({ engineer, why }) => `taken by ${engineer}: ${why}`,
  arrived: 'arrived',
  left: 'left; the card is complete',
  'left-undone': ({ items }) => `left; not done: ${list(items)}`,
  'no-safe-earth': ({ ticket }) => `no safe earth: all work stops, safety ticket ${ticket}`,
  'earth-failed': ({ ticket, by }) => `the earth test failed at ${ticket}, says ${who(by)}`,
  'earth-safe': 'the earth is safe: the home is unlocked',
  'safety-first': 'safety first',
  spoke: ({ words }) => `spoke to the owner${after(words)}`,
  reached: ({ words }) => `the owner was reached by telephone${after(words)}`,
  'message-received': 'the owner has received the message',
  'nobody-reached': 'no message reached the owner: a person is to call them',
  'not-contacted': ({ engineer }) => `${engineer} has not contacted the owner in time: escalated`,
  'still-no-contact': 'still no contact; assigned by hand, so it stays',
  'second-deadline': ({ engineer }) => `${engineer} did not contact the owner by the second deadline`,
  'on-the-way': ({ engineer }) => `${engineer} is on the way to you.`,
  'on-the-way-title': 'Your engineer is on the way',
  'nobody-home': ({ words }) => `nobody was at home: ${words}`,
  'waits-for-parts': ({ parts, words }) => `${words ?? 'waits for a part'}: ${list(parts)}`,
  'parts-there': 'the parts are there: the next visit is planned',
  'signal-back': 'its own signal is back in its band',
  'fixed-remotely': 'its own signal is back in its band: fixed remotely',
  'fixed-by-owner': 'its own signal is back in its band: fixed by its owner',
  'signal-not-back': 'its own signal is not back in its band',
  'no-answer': 'the owner did not answer in time',
  'no-call-back': 'nobody called back in time',
  'rating-expired': 'no rating came: it has expired',
  rated: ({ stars }) => `rated ${stars} of 5`,
  'called-solved': ({ desk, words }) => `called back${calling(desk)}, solved${after(words)}`,
  'called-unsolved': ({ desk, words }) => `called back${calling(desk)}, not solved${after(words)}`,
  'not-solved': 'not solved, says the owner',
  'declined-by-owner': 'declined by the owner',
  'cancelled-by-owner': 'cancelled by the owner',
  'swap-claimed': 'the owner asks for another appliance',
  payment: ({ state, amount, currency }) => `${paid[state]}: ${money(amount, currency)}`,
  'bill-confirmed': 'confirmed the bill',
  'bill-contested': ({ words }) => `contests the bill: ${words}`,
  complaint: ({ item }) => `a complaint: ${item} was ticked, and the owner says no`,
  unaccounted: ({ parts }) => `fitted, but in no stock that we know: ${list(parts)}`,
  'command-sent': ({ type, command, until }) => `${type} sent: ${command}, until ${until}`,
  'command-done': ({ type, words }) => `${type} done${after(words)}`,
  'command-failed': ({ type, result, words }) => `${type} ${result}${after(words)}: a visit is planned`,
  'command-late': ({ type, result, words }) => `${type} ${result} after the command had expired${after(words)}`,
  'command-unanswered': 'the command was not answered in time: a visit is planned',
  'remote-proof': 'fixed remotely, if its signal says so',
  'test-begins': ({ test }) => `before a visit is offered the appliance tests itself: ${test}`,
  'test-showed': ({ test, percent, mode }) =>
    `${test}: something is wrong with ${percent} % probability${mode ? `, first of all ${mode}` : ''}`,
  'test-without-result': ({ test, result }) => `${test}: no result (${result})`,
  'test-unanswered': 'the test was not answered in time',
  'questions-asked': ({ count }) =>
    count === 1
      ? 'before a visit is offered its owner is asked a question'
      : `before a visit is offered its owner is asked ${count} questions`,
  'questions-answered': ({ percent, mode }) =>
    `what its owner sees: something is wrong with ${percent} % probability${mode ? `, first of all ${mode}` : ''}`,
  'questions-unanswered': 'its owner has not answered the questions',
  'waits-for-evidence': ({ hours }) => `no visit pays now: it is looked at again in ${hours} h`,
  'evidence-stands': 'it still stands: its owner is asked',
  'guide-helped': ({ guide }) => `the owner repaired it by the guide ${guide}`,
  'guide-no-help': ({ guide }) => `tried the guide ${guide}: no help`,
  'not-a-fault': ({ words }) => `not a fault${after(words)}`,
  'marked-known': ({ words }) => `the fault is known: no visit${after(words)}`,
  'marked-not-worth': ({ words }) => `not worth a visit${after(words)}`,
  'closed-with': ({ cause, verdict }) => `${cause}${verdict ? `, ${verdict}` : ''}`,
  'former-owner': 'words of a former owner',
  'engineer-refused': ({ engineer, because }) => `${engineer}: ${because}`,
  'appliance-retired': 'the appliance was retired',
  said: ({ words }) => words,
  'legacy-text': ({ text }) => text,
  text: ({ text }) => text,

  'km-away': ({ km }) => `${km} km away`,
  'no-location': 'the appliance has no location',
  'adds-minutes': ({ minutes, jobs }) => `adds ${minutes} min to a day of ${jobs} jobs`,
  'grade-enough': ({ has, needs }) => `grade ${has}, ${needs} is enough`,
  'own-engineer': 'the owner’s own engineer',
  skilled: ({ skill }) => `skilled in ${skill}`,
  'outlet-score': ({ score }) => `outlet scored ${score}`,
  'open-jobs': ({ count }) => `${count} open jobs`,
  'no-part-foreseen': 'no part is foreseen',
  'has-kit': ({ van }) => `${van} has the whole kit`,
  'lacks-parts': ({ van, parts }) => `${van ?? 'no depot'} lacks ${list(parts)}`,
  isolated: ({ words }) => `isolated: ${words}`,
  'in-retraining': ({ mode }) => `is in retraining for ${mode}, not passed yet`,
  'grade-below': ({ has, needs, difficulty }) =>
    `grade ${has} is below ${needs}, which difficulty ${difficulty} asks for`,
  'no-contact-in-time': 'did not contact the owner in time',
  'day-off': 'has the day off',
  'no-skill': ({ skill }) => `has no skill in ${skill}`,
  'too-far': ({ km, most }) => `${km} km away, more than ${most}`,
  'known-no-more': 'is known no more',
  'nobody-known': 'No engineer is known: add one, and it is planned.',
  'nobody-fits': 'Nobody fits now; each reason stands beside the name.',
  'grade-needs-papers': ({ grade, papers }) => `grade ${grade} needs ${list(papers)}`,
  'grade-needs-years': ({ grade, years }) => `grade ${grade} needs ${years} years`,
  'grab-won': ({ stars }) => `won with ${stars} stars`,
  'grab-fewer-stars': ({ own, stars }) => `${own} stars; it went to one with ${stars}`,
  'grab-fair-chance': ({ own, stars }) =>
    `${own} with its chances of grabs lost before; it went to one with ${stars}, counted the same way`,
  'grab-later': ({ ms }) => `${ms} ms later than one with as many stars`,
  'grab-by-id': 'as many stars, at the same moment: the order of ids decided',
  'grab-given-away': 'it was given away meanwhile',
  'grab-not-open': ({ state }) => `it is ${state}, and only what waits to be planned can be taken`,

  'line-call-out': 'Call-out',
  'line-job': ({ job, minutes }) => `${job}, ${minutes} min`,
  'line-labour': ({ minutes }) => `Labour, ${minutes} min`,
  'line-part': ({ part }) => part,
  'earned-visit': ({ number, difficulty }) => `${number}: visit, difficulty ${difficulty}`,
  'earned-again': ({ number, before, percent }) =>
    `${number}: your own repair ${before} did not last, so ${percent} % of a visit`,
  'earned-nothing': ({ number }) => `${number}: the repair did not last and was done again`,
  'earned-stars': ({ number, stars, percent }) => `${number}: ${stars} of 5 stars make it ${percent} %`,
  'earned-bonus': ({ number }) => `${number}: bonus for five stars`,
  'earned-corrected': ({ by, words }) => `Corrected by ${who(by)}: ${words}`,
  'line-covered': ({ clause, line }) => `${clause}: ${line}`,
  'clause-we-were-wrong': 'We were wrong: free of charge',
  'clause-safety': 'A safety visit: no call-out is charged',
  'clause-recall': ({ days }) => `The same fault within ${days} days: free of charge`,
  'clause-second-repair': 'Second repair of the same fault: free of charge',
  'clause-warranty': ({ years }) => `Warranty of ${years} years`,

  'tell-asked-title': ({ kind }) => `A question about your ${kind.toLowerCase()}`,
  'tell-asked': ({ noticed, safe, number, answerBy, contactBy, zone }) =>
    `${noticed} ${safe ? 'You can go on using it.' : 'Please stop using it.'} Ticket ${number}. Before anybody comes: tell us on the page below what you see, it takes a minute and may spare you a visit. Please answer by ${when(answerBy, zone)}. We contact you by ${when(contactBy, zone)}.`,
  'tell-offered-title': ({ kind }) => `Your ${kind.toLowerCase()} asks for a visit`,
  'tell-offered': ({ changed, noticed, safe, number, answerBy, contactBy, zone }) =>
    `${changed ? `${changed} ` : ''}${noticed} ${safe ? 'You can go on using it.' : 'Please stop using it.'} Ticket ${number}. Choose a time on the page below; please answer by ${when(answerBy, zone)}.${contactBy === undefined ? '' : ` We contact you by ${when(contactBy, zone)}.`}`,
  'tell-accepted-title': ({ number }) => `Ticket ${number} received`,
  'tell-accepted': ({ number, contactBy, zone }) =>
    `Thank you. Your number is ${number}. We contact you by ${when(contactBy, zone)} and plan the visit now.`,
  'tell-assigned-title': 'Your visit is planned',
  'tell-assigned': ({ engineer, slot, number, zone }) =>
    `${engineer ?? 'An engineer'} comes${slot === undefined ? '' : ` on ${when(slot, zone)}`} with the parts that are needed. Ticket ${number}.`,
  'tell-waiting-title': ({ number }) => `Ticket ${number}: a part is on its way`,
  'tell-waiting': ({ partsBy, zone }) =>
    `The engineer needs a part that was not in the van. We expect it by ${when(partsBy, zone)}, and then plan the second visit at once.`,
  'tell-no-show-title': ({ number }) => `We missed you: ticket ${number}`,
  'tell-no-show': ({ slot, zone }) =>
    `Our engineer found nobody at home.${slot === undefined ? '' : ` The next time is ${when(slot, zone)};`} you may choose another one on the page below.`,
  'tell-closed-title': ({ number }) => `Ticket ${number}: the work is done`,
  'tell-closed': 'Please tell us how it went. Your appliance now shows us itself whether the repair holds.',
  'tell-verified-title': 'Repaired, and proved by the appliance',
  'tell-verified': ({ kind }) => `The signals of your ${kind.toLowerCase()} are back to normal.`,
  'tell-reopened-title': 'We are not done yet',
  'tell-reopened': ({ number }) => `Your appliance is not back to normal, so we come again. Ticket ${number}.`,
  'tell-cancelled-title': ({ number }) => `Ticket ${number} is cancelled`,
  'tell-cancelled': 'Nobody will come. Open the page to read why.',
  'mended-title': ({ kind }) => `Your ${kind.toLowerCase()} was repaired`,
  'mended-proving': 'We are watching whether it works as it used to.',
  'mended-proved': 'Its own readings show that it works as it used to.',
  'tell-reason-gone-title': ({ kind }) => `Your ${kind.toLowerCase()} is back to normal`,
  'tell-reason-gone': ({ number, agreed }) =>
    agreed
      ? `What we noticed is over: all values are back where they belong. We look at it again before we come; if you do not want the visit any more, you can cancel it on the page below at no cost. Ticket ${number}.`
      : `What we noticed is over: all values are back where they belong. No visit is needed, and ticket ${number} has ended; we go on watching.`,
  'tell-reason-weaker-title': ({ kind }) => `Your ${kind.toLowerCase()}: nothing is urgent`,
  'tell-reason-weaker': ({ number, agreed }) =>
    `What we noticed has become weaker and fits no fault that we know. Nothing is urgent. ${agreed ? 'We look at it again before we come; if you do not want the visit any more, you can cancel it on the page below at no cost.' : 'You need not answer; we go on watching and tell you if that changes.'} Ticket ${number}.`,
  'desk-escalated-title': ({ number }) => `${number}: the owner was not contacted in time`,
  'desk-escalated': ({ engineer }) => `${engineer} has it. At the second deadline it goes to somebody else.`,
  'desk-offered-title': ({ number, mode, appliance }) => `${number}: ${mode} on ${appliance}`,
  'desk-offered': ({ diagnosis, priority, kit, owned, called }) =>
    `${diagnosis} Priority ${priority}. ${kit.length > 0 ? `Kit: ${list(kit)}.` : 'No part is foreseen.'} ${called ? 'The owner has no mail address and is to be called.' : owned ? 'The owner has been asked.' : 'No owner is known: accept it here.'}`,
  'desk-joined-title': ({ number, appliance }) => `${number}: another finding on ${appliance}`,
  'desk-reopened-title': ({ number }) => `${number} reopened: the signal is not back`,
  'desk-reopened': ({ appliance }) => `${appliance} is still outside its band.`,
  'desk-reported-title': ({ number, appliance }) => `${number}: reported on ${appliance}`,
  'desk-reason-gone-title': ({ number, appliance }) => `${number}: nothing is seen any more on ${appliance}`,
  'desk-reason-gone': ({ agreed }) =>
    agreed
      ? 'The owner has agreed to a visit: decide whether it is still made.'
      : 'The offer is withdrawn, and the owner knows.',
  'desk-reason-weaker-title': ({ number, appliance }) => `${number}: less is seen on ${appliance}`,
  'desk-reason-weaker': ({ agreed }) =>
    agreed
      ? 'It fits no fault now. The owner has agreed to a visit: decide whether it is still made.'
      : 'It fits no fault now. The offer stands, and nothing is urgent.',
  'escalated-alert-title': ({ appliance, mode }) => `Critical, and nobody has acted: ${mode} at ${appliance}`,
  'escalated-alert': ({ minutes }) =>
    `It has stood for ${minutes} min. Acknowledge it, or plan its visit: then nobody else is called.`,
  'escalated-promise-title': ({ number, promise }) => `Ticket ${number}: ${promises[promise]} is late`,
  'escalated-promise': ({ number, minutes }) =>
    `What was promised to the owner of ${number} is ${minutes} min late. Once it is done nobody else is called.`,
  'maintenance-ended-title': ({ appliance }) => `Maintenance of ${appliance} is over`,
  'maintenance-ended': ({ count }) =>
    `Held back meanwhile and not over: ${count}. On the page of the appliance each can be let speak after all.`,
  'escalated-task-title': ({ what }) => `Overdue: ${what}`,
  'escalated-task': ({ minutes }) => `The task is ${minutes} min late. Once it is done nobody else is called.`,
  'task-contact': ({ number, engineer }) =>
    `${number}: ${engineer} has not contacted the owner; call them, or it goes to somebody else.`,
  'task-reach': ({ number, news }) => `${number}: call the owner, who has no mail address: ${news}`,
  'task-call-back': ({ number }) => `${number}: call the owner back: manners, skill, charges, content?`,
  'task-supervisor': ({ number, stars, compensation, engineer }) =>
    `${number} was rated ${stars} of 5: call the owner, offer “${compensation}”, hear ${engineer}.`,
  'task-complaint': ({ number, item }) => `${number}: the owner says no to what the engineer ticked: ${item}`,
  'task-swap': ({ number, appliance }) =>
    `${number}: the owner of ${appliance} asks for another one, and has the right to it`,
  'tell-swap-title': ({ number }) => `Another appliance for you (${number})`,
  'tell-swap':
    'You asked for another appliance in the place of yours. We contact you to arrange it; you need to prove nothing.',
  'task-bill': ({ number, words }) => `${number}: the owner contests the bill: ${words}`,
  'task-reconsider': ({ number, why }) =>
    `${number}: ${why}. The owner has agreed to a visit: cancel it, or say why it is made all the same.`,
  'more-urgent': 'It has become more urgent.',
  'fails-sooner': ({ days, was }) =>
    `It has grown: we now expect it to fail in about ${days} days${was === undefined ? '' : `, and said ${was} before`}.`,
  'reported-diagnosis': ({ noticed }) => `Reported: ${noticed}`,
  'by-former-owner': 'Reported by a former owner.',
  'earth-unsafe': 'The socket of your appliance has no safe earth. Please do not use it until it is put right.',
  'earth-diagnosis': ({ ticket }) => `The earth test failed at ${ticket}.`,
  'own-page-title': 'Your data and your rights',
  'own-page':
    'By this link you see what is known of you and your appliance, decide what it is used for, and have it erased.',
  'test-message': 'This is a test message.',
  'calendar-visit': ({ kind, model }) => `Visit: ${kind} ${model}`,
  'disk-full-title': ({ days }) => `The disk is full in ${days} days`,
  'disk-full': ({ days, gigabytes }) =>
    `${gigabytes} GB are free, and at this pace that lasts ${days} days. Free space, or keep raw readings for fewer days (policy rawReadingsDays). Nothing acknowledged is lost: a full disk makes appliances wait.`,
  'noticed-symptom': ({ symptom, said }) => (said ? `${symptom}. “${said}”` : `${symptom}.`),
  'guided-diagnosis': 'Guided diagnosis',
  'draft-title': ({ kind, model, mode }) => `${kind} ${model}: ${mode}`,
  'draft-noticed': ({ noticed }) => `What is noticed: ${noticed}`,
  'draft-cause': ({ mode }) => `What it was: ${mode}.`,
  'draft-fitted': ({ fitted }) => `What put it right: ${list(fitted)} fitted.`,
  'draft-without-part': 'What put it right: no part was needed.',
  'draft-took': ({ minutes }) => `It took ${minutes} min on site.`,

  'cohort-outage': ({ where }) => `Network outage in area ${where}`,
  'cohort-weather': ({ where }) => `Weather over area ${where}`,
  'cohort-firmware': ({ cohort }) => `Firmware ${cohort}`,
  'cohort-batch': ({ cohort }) => `Batch ${cohort}`,
  'cohort-appliances': ({ joined }) => `${joined} appliances`,
  'cohort-findings': ({ joined, kind, mode }) => `${joined} × ${kind.toLowerCase()}: ${mode.toLowerCase()}`,
  'cohort-title': ({ subject, what }) => `${subject}: ${what}`,
  'cohort-body': ({ joined, size, expected, held }) =>
    `${joined} of ${size} show it within a short time. By chance it would be ${expected < 0.1 ? 'fewer than 0.1' : `about ${expected.toFixed(1)}`}. ${held}`,
  'cohort-ended-title': ({ subject }) => `${subject} has ended`,
  'cohort-ended': ({ what, standing }) =>
    `${what} were part of it; ${standing} still stand and are looked after one by one.`,
  'cohort-nobody-sent': 'Nobody is sent for it.',
  'cohort-no-tickets': 'No tickets are made for a time, unless one goes clearly beyond the others.',
  'cohort-tickets-go-on': 'Their tickets go on.',

  ...enKpis,
}
