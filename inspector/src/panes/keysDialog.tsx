/** What this page is, and every key. */
import { COMMANDS } from '../commands/commands.ts';
import { signOf } from '../commands/keyboard.ts';
import { DialogFrame } from '../ui/dialog.tsx';

const GROUPS = ['Move', 'Look', 'Mark', 'Take away', 'Page'] as const;

export function KeysDialog() {
  return (
    <DialogFrame title="What this is, and every key">
      <p class="guide">
        A run is a log of <b>facts</b>. The <b>cursor</b> stands on one of them, and every pane
        shows how things were when it had just happened: the session's data, the charts, the market.
        Move the cursor and the run goes forward or back. Nothing here changes the run. The address
        of the page says where you are: back, forward and links work.
      </p>
      <div class="keys">
        {GROUPS.map((group) => (
          <table key={group}>
            <caption>{group}</caption>
            <tbody>
              {COMMANDS.filter((command) => command.group === group).map((command) => (
                <tr key={command.id} data-command={command.id} data-keys={command.keys.join(' ')}>
                  <th scope="row">
                    {command.keys.length === 0 ? (
                      <span class="muted">in the palette</span>
                    ) : (
                      command.keys.map((key) => <kbd key={key}>{signOf(key)}</kbd>)
                    )}
                  </th>
                  <td>{command.title}</td>
                  <td class="muted id">{command.id}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </DialogFrame>
  );
}
