import { useState } from 'react';

/**
 * What a drawer shows, until the drawer has closed: one that is taken away while it is open would leave the keyboard's
 * focus nowhere, instead of where it was before.
 */
export function useDrawer<T>() {
  const [shown, setShown] = useState<{ readonly value: T; readonly open: boolean }>();
  const close = () => setShown((before) => before && { ...before, open: false });
  return {
    value: shown?.value,
    show: (value: T) => setShown({ value, open: true }),
    close,
    /** For the `Drawer`. */
    props: {
      open: shown?.open ?? false,
      onClose: close,
      afterOpenChange: (open: boolean) => !open && setShown(undefined),
    },
  };
}

export type DrawerProps = ReturnType<typeof useDrawer>['props'];
