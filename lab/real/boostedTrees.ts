import type { Random } from '../../core/index.ts'

/** A sum of small regression trees, for remaining life from features. */
export interface BoostedTrees {
  base: number
  trees: Tree[]
}

/** Complete binary tree of a fixed depth, node by node: left child 2i + 1, right 2i + 2; a feature of −1 ends at its value. */
interface Tree {
  features: Int16Array
  thresholds: Float64Array
  values: Float64Array
}

export interface BoostingOptions {
  trees: number
  depth: number
  /** Share of each tree's opinion that is taken. */
  rate: number
  /** Share of rows, and of features, that each tree sees. */
  rowShare: number
  featureShare: number
  /** Rows that a leaf has at least. */
  leastRows: number
}

const BINS = 64

/**
 * Gradient boosting of the squared error over binned features.
 * @param rows by row its features, all finite, all of one length
 * @param targets by row
 * O(trees × depth × rows × features × shares). Sources: Friedman, Stochastic Gradient Boosting (2002); histograms as in
 * Ke et al., LightGBM (2017).
 */
export function fitBoostedTrees(
  rows: Float64Array[],
  targets: Float64Array,
  options: BoostingOptions,
  random: Random,
): BoostedTrees {
  const count = rows.length
  const features = rows[0]!.length
  const { edges, binned } = binFeatures(rows, features)
  let base = 0
  for (const target of targets) base += target / count
  const fitted = new Float64Array(count).fill(base)
  const residuals = new Float64Array(count)
  const trees: Tree[] = []
  for (let t = 0; t < options.trees; t++) {
    for (let r = 0; r < count; r++) residuals[r] = targets[r]! - fitted[r]!
    const sample: number[] = []
    for (let r = 0; r < count; r++) if (random.next() < options.rowShare) sample.push(r)
    const chosen: number[] = []
    for (let f = 0; f < features; f++) if (random.next() < options.featureShare) chosen.push(f)
    const tree = growTree(edges, binned, residuals, Int32Array.from(sample), chosen, options)
    trees.push(tree)
    for (let r = 0; r < count; r++) fitted[r]! += treeValue(tree, rows[r]!)
  }
  return { base, trees }
}

/** O(trees × depth). */
export function predictBoosted(model: BoostedTrees, row: Float64Array): number {
  let sum = model.base
  for (const tree of model.trees) sum += treeValue(tree, row)
  return sum
}

function treeValue({ features, thresholds, values }: Tree, row: Float64Array): number {
  let node = 0
  while (features[node]! >= 0) node = row[features[node]!]! <= thresholds[node]! ? 2 * node + 1 : 2 * node + 2
  return values[node]!
}

/** Edges at quantiles: bin b holds values above edge b − 1 and up to edge b. */
function binFeatures(rows: Float64Array[], features: number): { edges: Float64Array[]; binned: Uint8Array[] } {
  const edges: Float64Array[] = []
  const binned: Uint8Array[] = []
  for (let f = 0; f < features; f++) {
    const sorted = Float64Array.from(rows, (row) => row[f]!).sort()
    const unique = new Set<number>()
    for (let b = 1; b < BINS; b++) unique.add(sorted[Math.floor((b * sorted.length) / BINS)]!)
    unique.delete(sorted.at(-1)!)
    const mine = Float64Array.from(unique)
    edges.push(mine)
    binned.push(
      Uint8Array.from(rows, (row) => {
        let low = 0
        let high = mine.length
        while (low < high) {
          const middle = (low + high) >> 1
          if (mine[middle]! < row[f]!) low = middle + 1
          else high = middle
        }
        return low
      }),
    )
  }
  return { edges, binned }
}

function growTree(
  edges: Float64Array[],
  binned: Uint8Array[],
  residuals: Float64Array,
  all: Int32Array,
  chosen: number[],
  { depth, rate, leastRows }: BoostingOptions,
): Tree {
  const size = 2 ** (depth + 1) - 1
  const tree: Tree = {
    features: new Int16Array(size).fill(-1),
    thresholds: new Float64Array(size),
    values: new Float64Array(size),
  }
  const sums = new Float64Array(BINS)
  const counts = new Int32Array(BINS)
  const grow = (node: number, rows: Int32Array, level: number): void => {
    let total = 0
    for (let i = 0; i < rows.length; i++) total += residuals[rows[i]!]!
    tree.values[node] = rows.length > 0 ? (rate * total) / rows.length : 0
    if (level === depth || rows.length < 2 * leastRows) return
    let best = total ** 2 / rows.length + 1e-9
    let feature = -1
    let bin = -1
    for (const f of chosen) {
      const bins = binned[f]!
      sums.fill(0)
      counts.fill(0)
      for (let i = 0; i < rows.length; i++) {
        const r = rows[i]!
        const b = bins[r]!
        sums[b]! += residuals[r]!
        counts[b]! += 1
      }
      let left = 0
      let n = 0
      for (let b = 0; b < edges[f]!.length; b++) {
        left += sums[b]!
        n += counts[b]!
        if (n < leastRows || rows.length - n < leastRows) continue
        const gain = left ** 2 / n + (total - left) ** 2 / (rows.length - n)
        if (gain > best) {
          best = gain
          feature = f
          bin = b
        }
      }
    }
    if (feature < 0) return
    tree.features[node] = feature
    tree.thresholds[node] = edges[feature]![bin]!
    const bins = binned[feature]!
    grow(
      2 * node + 1,
      rows.filter((r) => bins[r]! <= bin),
      level + 1,
    )
    grow(
      2 * node + 2,
      rows.filter((r) => bins[r]! > bin),
      level + 1,
    )
  }
  grow(0, all, 0)
  return tree
}
