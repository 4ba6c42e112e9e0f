import type { AnalysisOutput } from '../core/index.ts'
import type { ScoredRow } from './baseline/scoredRow.ts'
import type { IntradayFinding } from './detectors/intradayCheck.ts'
import type { IntradayItem, Item, RowItem } from './features/item.ts'
import type { PcaScore } from './onnx/pcaScorer.ts'

/** Who wants to see every row as it was judged, and the worst share of a threshold after it: training and evaluation. */
export type RowObserver = (item: RowItem, row: ScoredRow, pca: PcaScore | null, level: number) => void
export interface ConditionObserver {
  /** All that was said of an item is in `out`. */
  concluded?: (item: Item, out: AnalysisOutput) => void
  row?: RowObserver
  /** A glance that proved something, whether or not it opened anything. */
  glimpse?: (item: IntradayItem, glimpse: IntradayFinding) => void
}
