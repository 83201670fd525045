import {
  type CSSVariablesResolver,
  ColorInput,
  Drawer,
  type MantineColorsTuple,
  Modal,
  Notification,
  createTheme,
} from '@mantine/core'

const indigo: MantineColorsTuple = [
  '#eef0ff',
  '#dcdffb',
  '#b6bcf2',
  '#8e97e9',
  '#6c77e2',
  '#5763de',
  '#4c59dc',
  '#3d4ac4',
  '#3542b0',
  '#29389b',
]

export const theme = createTheme({
  primaryColor: 'nova',
  colors: { nova: indigo },
  primaryShade: { light: 7, dark: 5 },
  defaultRadius: 'md',
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic", sans-serif',
  headings: { fontWeight: '620' },
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    ColorInput: ColorInput.extend({
      defaultProps: { eyeDropperButtonProps: { 'aria-label': 'Pick from the screen' } },
    }),
  },
})

/** Quiet text that can still be read: 4.5 to 1 on each ground that it stands on. */
export const variables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray?.[7] ?? '#495057',
    '--mantine-color-teal-light-color': '#05664b',
    '--mantine-color-yellow-light-color': '#7a4d00',
    '--mantine-color-orange-light-color': '#963b00',
    '--mantine-color-red-light-color': '#b02323',
  },
  dark: {
    '--mantine-color-dimmed': colors.dark?.[1] ?? '#b8b8b8',
    '--mantine-color-anchor': indigo[3],
  },
})
