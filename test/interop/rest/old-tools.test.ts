/** The tools of the releases between those that CI tries. */
import { oldTools } from '../old-tools.ts'

oldTools({ version: '2.8.2', scala: '2.13', flag: [], hasTopics: true, configs: 'all', indexed: 'last' })
oldTools({ version: '1.1.1', scala: '2.11', flag: [], configs: 'brokers', indexed: 'first' })
oldTools({ version: '0.10.2.2', scala: '2.11', flag: [] })
oldTools({ version: '0.9.0.1', scala: '2.11', flag: ['--new-consumer'] })
