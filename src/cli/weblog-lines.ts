/**
 * Made-up web log lines in the common log form, for the example and the benchmarks. Seeded, so that two runs write the same bytes,
 * and numbered in the path, so that a lost or repeated line can be named.
 */

/** A small linear congruential generator; `next(n)` gives a whole number below n. */
const seeded = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const hosts = ['tram', 'harbour', 'quarry', 'meadow', 'lantern', 'orchard', 'pylon', 'weir']
const networks = ['net-a.example', 'campus.example', 'dialup.example', 'office.example']
const pages = [
  '/',
  '/missions/',
  '/images/logo.gif',
  '/history/index.html',
  '/shuttle/countdown.html',
  '/search.cgi?q=orbit',
]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const two = (n: number): string => String(n).padStart(2, '0')

const stamp = (ms: number): string => {
  const d = new Date(ms)
  const day = `${two(d.getUTCDate())}/${months[d.getUTCMonth()]}/${d.getUTCFullYear()}`
  return `${day}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`
}

const firstStampMs = Date.UTC(1995, 6, 1)

/** Yields `count` lines without their newline, numbered from 0. The same seed gives the same lines. */
export function* weblogLines(count: number, seed = 1995): Generator<string> {
  const next = seeded(seed)
  let ms = firstStampMs
  for (let n = 0; n < count; n++) {
    ms += next(4000)
    const host = `${hosts[next(hosts.length)]}${next(400)}.${networks[next(networks.length)]}`
    const status = [200, 200, 200, 200, 304, 404][next(6)]
    yield `${host} - - [${stamp(ms)}] "GET ${pages[next(pages.length)]}?n=${n} HTTP/1.0" ${status} ${next(60_000)}`
  }
}
