export { serveNotices } from './serve.ts'
