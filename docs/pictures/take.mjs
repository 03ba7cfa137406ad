// Takes the pictures of docs/operations.md anew from the Temporal UI of a running service. It
// starts a browser and stops it; the service, and conversations worth a picture, have to be
// there: an open one, one whose webhook refuses, and for the last picture a blocked one.
//
//   npm install --no-save playwright-core        # any folder that this file can see
//   node docs/pictures/take.mjs docs/pictures [list] [details] [retry] [blocked]
//
// UI is the Temporal UI's address, CHANNEL and CONTACT say which conversation is shown open,
// BROWSER is a Chromium. Without names all are taken; a picture whose conversation is not there
// is left out. Afterwards:
// pngquant --force --ext .png 32 docs/pictures/*.png
import { chromium } from 'playwright-core';

const ui = process.env.UI ?? 'http://127.0.0.1:8233';
const channel = process.env.CHANNEL ?? '56900000001';
const contact = process.env.CONTACT ?? '56911112222';
const browserPath = process.env.BROWSER ?? '/usr/bin/chromium';
const [out = 'docs/pictures', ...names] = process.argv.slice(2);
const wanted = (name) => names.length === 0 || names.includes(name);

const namespace = '/namespaces/default/workflows';
const width = 1400;

async function find(query) {
  const answer = await fetch(`${ui}/api/v1${namespace}?query=${encodeURIComponent(query)}`);
  const { executions = [] } = await answer.json();
  return executions[0]?.execution;
}

async function take(page, name, path, height, ready) {
  await page.setViewportSize({ width, height });
  await page.goto(ui + path);
  await ready();
  await page.waitForTimeout(1500); // frames and fonts settle; nothing says when
  await page.screenshot({ path: `${out}/${name}.png` });
  console.log(`${name}.png`);
}

const list = (query) => `${namespace}?query=${encodeURIComponent(query)}`;
const details = (run, tab) => `${namespace}/${encodeURIComponent(run.workflowId)}/${run.runId}/${tab}`;

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  const shows = (text) => page.getByText(text, { exact: false }).first().waitFor({ timeout: 30_000 });
  const running = 'ExecutionStatus = "Running"';

  if (wanted('list')) {
    await take(page, 'list', list(`ChattigoWaId = "${channel}" AND ${running}`), 500, () => shows('conversation:'));
  }
  const open = wanted('details') && await find(`ChattigoContact = "${contact}" AND ChattigoWaId = "${channel}" AND ${running}`);
  if (open) {
    await take(page, 'details', details(open, 'user-metadata'), 1080,
      () => page.frameLocator('iframe').last().getByText('Last words').waitFor({ timeout: 60_000 }));
  }
  const refused = wanted('retry') && await find(`ChattigoStatus = "waiting_webhook" AND ${running}`);
  if (refused) {
    await take(page, 'retry', details(refused, 'pending-activities'), 660, () => shows('Last Failure'));
  }
  const marked = `TemporalReportedProblems IS NOT NULL AND ${running}`;
  if (wanted('blocked') && await find(marked)) {
    await take(page, 'blocked', list(marked), 500, () => shows('conversation:'));
  }
} finally {
  await browser.close();
}
