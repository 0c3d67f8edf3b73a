import { Button, Tooltip } from 'antd';
import { useRef } from 'react';
import { clampTo, useIsClipped } from './use-is-clipped';

interface ActionLinkProps {
  readonly label: string;
  /** What it is done with, for those who have the page read to them: `Sync` is called `Sync hr`. */
  readonly of?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Whether what it opens is open. */
  readonly expanded?: boolean;
  readonly onClick: () => void;
}

/** Something that can be done with a row, as a link in the row. A label that does not fit is shown on focus, too. */
export function ActionLink({ label, of, expanded, ...props }: ActionLinkProps) {
  const text = useRef<HTMLSpanElement>(null);
  const isClipped = useIsClipped(text);
  return (
    <Tooltip title={isClipped ? label : undefined}>
      <Button
        type="link"
        style={{ padding: 0, height: 'auto', maxWidth: '100%', textAlign: 'start', whiteSpace: 'normal' }}
        aria-label={of && `${label} ${of}`}
        aria-expanded={expanded}
        {...props}
      >
        <span ref={text} style={clampTo(3)}>
          {label}
        </span>
      </Button>
    </Tooltip>
  );
}
