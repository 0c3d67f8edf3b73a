import { Button, type ButtonProps } from 'antd';
import { useState } from 'react';
import { WRAPPING } from './wrapping';

interface BusyButtonProps extends Pick<ButtonProps, 'type' | 'danger'> {
  readonly label: string;
  readonly onClick: () => Promise<void>;
}

/** A button that cannot be pressed again before what it does is done. */
export function BusyButton({ label, onClick, ...props }: BusyButtonProps) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      {...props}
      style={WRAPPING}
      // Without it the sign that something goes on would be part of the name.
      aria-label={label}
      loading={busy}
      onClick={() => {
        setBusy(true);
        void onClick().finally(() => setBusy(false));
      }}
    >
      {label}
    </Button>
  );
}
