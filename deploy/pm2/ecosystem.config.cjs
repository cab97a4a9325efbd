/*
 * Parley under PM2, where there is no systemd to do it: pm2 start deploy/pm2/ecosystem.config.cjs
 * Settings are in .env, in the folder of Parley.
 */
const { join } = require('node:path')

const root = join(__dirname, '../..')

module.exports = {
  apps: [
    {
      name: 'parley',
      cwd: root,
      script: 'packages/server/src/main.ts',
      // The Node that Parley brings, and not the one that runs PM2.
      interpreter: join(root, 'node_modules/.bin/node'),
      // Several processors: WORKERS in .env. PM2's own cluster would put its code before Parley's.
      exec_mode: 'fork',
      instances: 1,
      env: { NODE_ENV: 'production' },
      // Longer than SHUTDOWN_TIMEOUT (10 s) and what comes after it.
      kill_timeout: 45_000,
      // The server alone is told to stop, and stops Janus, coturn and its workers in order.
      treekill: false,
      // A database that is not there yet ends the start; it is tried for as long as it takes.
      autorestart: true,
      exp_backoff_restart_delay: 500,
      max_memory_restart: '4G',
      time: false,
      merge_logs: true,
    },
  ],
}
