interface Place {
  lat: number
  lon: number
}
/** A flat plan: north above, to scale within some hundred kilometres. */
export interface Plan {
  at: (place: Place) => { x: number; y: number }
  pxPerKm: number
}

/** A degree of latitude; of longitude it is less by the cosine. */
const KM_PER_DEGREE = 111.2
/** One place alone is drawn with as much around it. */
const LEAST_KM = 2

/** Fits places, each with what lies `withinKm` around it, into so many pixels. Pure. */
export function planOf(
  places: readonly { location: Place; withinKm?: number }[],
  { width, height, margin }: { width: number; height: number; margin: number },
): Plan {
  const middle = places.reduce((sum, { location }) => sum + location.lat, 0) / Math.max(1, places.length)
  const east = Math.cos((middle * Math.PI) / 180) * KM_PER_DEGREE
  const km = ({ lat, lon }: Place) => ({ x: lon * east, y: -lat * KM_PER_DEGREE })
  const reach = (axis: 'x' | 'y') => {
    const ends = places.flatMap(({ location, withinKm = 0 }) => [
      km(location)[axis] - withinKm,
      km(location)[axis] + withinKm,
    ])
    return { from: Math.min(...ends), to: Math.max(...ends) }
  }
  const [x, y] = [reach('x'), reach('y')]
  const pxPerKm = Math.min(
    (width - 2 * margin) / Math.max(LEAST_KM, x.to - x.from),
    (height - 2 * margin) / Math.max(LEAST_KM, y.to - y.from),
  )
  return {
    pxPerKm,
    at: (place) => {
      const at = km(place)
      return {
        x: width / 2 + (at.x - (x.from + x.to) / 2) * pxPerKm,
        y: height / 2 + (at.y - (y.from + y.to) / 2) * pxPerKm,
      }
    },
  }
}
