import { Tag, theme, type TagProps } from 'antd';

/** A tag whose colour is around its text: text in most of these colours could hardly be read on their background. */
export function SignTag(props: Pick<TagProps, 'color' | 'icon' | 'children'>) {
  const { token } = theme.useToken();
  return <Tag {...props} style={{ color: token.colorText, whiteSpace: 'normal' }} />;
}
