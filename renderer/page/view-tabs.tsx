import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';
import { firstView, snapshotViews } from './snapshot-views.ts';

export type ViewTabsProps = SnapshotViewProps & { readonly shown: string | null };

/** The views of a snapshot as tabs. Only the one that is shown is rendered. A single view needs no tab. */
export function ViewTabs({ shown, ...view }: ViewTabsProps) {
  const [{ View }] = snapshotViews;
  if (snapshotViews.length === 1) return <View {...view} />;
  return (
    <Tabs
      className="views"
      selectedKey={shown ?? firstView}
      onSelectionChange={(key) => view.onView(String(key))}
    >
      <TabList className="view-tabs" aria-label="Views of this snapshot">
        {snapshotViews.map(({ id, name }) => (
          <Tab key={id} id={id} className="view-tab bold-if-selected" data-name={name}>
            {name}
          </Tab>
        ))}
      </TabList>
      {snapshotViews.map((one) => (
        <TabPanel key={one.id} id={one.id}>
          <one.View {...view} />
        </TabPanel>
      ))}
    </Tabs>
  );
}
