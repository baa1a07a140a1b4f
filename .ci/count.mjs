// Prints "PASSED FAILED" from a vitest JSON report, and on stderr what failed and why; a suite that could not be loaded counts as a failure.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const LINES_OF_A_FAILURE = 6

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const fileOf = (suite) => relative(process.cwd(), suite.name)
const say = (what, message = '') => {
  const lines = message.split('\n').slice(0, LINES_OF_A_FAILURE)
  process.stderr.write(`${[what, ...lines].join('\n    ')}\n`)
}

let failed = 0
for (const suite of report.testResults) {
  const broken = suite.assertionResults.filter((test) => test.status === 'failed')
  for (const test of broken) say(`${fileOf(suite)} > ${test.fullName}`, test.failureMessages[0])
  if (suite.status === 'failed' && broken.length === 0) say(fileOf(suite), suite.message)
  failed += suite.status === 'failed' ? Math.max(1, broken.length) : broken.length
}
console.log(`${report.numPassedTests} ${failed}`)
