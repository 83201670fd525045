import { type Cluster, startCluster } from './cluster.ts'

let cluster: Cluster | undefined

/** One PostgreSQL for the whole run; each test file copies its database. */
export async function globalSetup(): Promise<void> {
  cluster = await startCluster()
  process.env['TEST_CLUSTER_URL'] = cluster.url
}

export async function globalTeardown(): Promise<void> {
  await cluster?.stop()
}
