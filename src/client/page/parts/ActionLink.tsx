import { Button } from 'antd';

interface ActionLinkProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly onClick: () => void;
}

/** Something that can be done with a row, as a link in the row. */
export function ActionLink({ label, ...props }: ActionLinkProps) {
  return (
    <Button type="link" style={{ padding: 0, height: 'auto', textAlign: 'start' }} {...props}>
      {label}
    </Button>
  );
}
