/** Every interceptor there is. Deleting a folder and its line here removes that interceptor. */
import type { InterceptorDefinition } from '../flow/component.ts'
import { host } from './host/host.ts'
import { regexFilter } from './regex_filter/regex_filter.ts'
import { staticHeader } from './static/static.ts'
import { timestamp } from './timestamp/timestamp.ts'

export const interceptors: readonly InterceptorDefinition[] = [host, regexFilter, staticHeader, timestamp]
