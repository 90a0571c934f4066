import { HandOver } from './hand-over.tsx';
import { RecentActs } from './recent-acts.tsx';
import { RemovedPeople } from './removed-people.tsx';
import { RoomActions } from './room-actions.tsx';

/** Everything about the room as a whole: its switches, hand-over, the removed, what was done. */
export function RoomPanel() {
  return (
    <div className="grid content-start gap-5 p-4">
      <RoomActions />
      <HandOver />
      <RemovedPeople />
      <RecentActs />
    </div>
  );
}
