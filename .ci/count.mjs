// Prints "PASSED FAILED" from a vitest JSON report; a suite that could not be loaded counts as a failure.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const brokenSuites = report.testResults.filter((s) => s.status === 'failed' && s.assertionResults.length === 0).length
console.log(`${report.numPassedTests} ${report.numFailedTests + brokenSuites}`)
