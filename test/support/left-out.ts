/** The word at the end of a run about the suites that it does not have, so that a pass is not taken for more than it is. */
import type { TestProject } from 'vitest/node'

const suites = {
  faults: 'killed processes and full disks, which need root (npm run test:faults)',
  interop: 'foreign clients, Apache Kafka and Flume, which need Debian packages and a JVM (npm run interop)',
  'interop-rest': 'the slow ones of these (npm run interop:all)',
}

/** Called by vitest before a run; what it returns is called after the results are printed. */
const announce = ({ vitest }: TestProject): (() => void) => {
  const here = new Set(vitest.projects.map(({ name }) => name))
  const leftOut = Object.entries(suites).flatMap(([name, what]) => (here.has(name) ? [] : [what]))
  return () => {
    if (leftOut.length > 0) process.stderr.write(`Left out: ${leftOut.join('; ')}. All but the slow ones: .ci/run\n`)
  }
}

export default announce
