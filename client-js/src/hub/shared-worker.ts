// The script of the SharedWorker that has the socket of all tabs of a browser.
import { surroundings } from '../environment.ts';
import { broadcastChannels } from '../tabs/channels.ts';
import { ENTERED, type Entrance } from '../tabs/hub-worker.ts';
import { HubHost } from './hub-host.ts';

const around = surroundings({});
const { locks } = around;
if (locks) {
  const host = new HubHost({ ...around, locks, channels: broadcastChannels(BroadcastChannel) });
  const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void };
  scope.onconnect = ({ ports: [port] }) => {
    if (port) {
      port.onmessage = ({ data }: MessageEvent<Entrance>) => {
        void host.enter(data).then(() => {
          port.postMessage(ENTERED);
        });
      };
    }
  };
}
