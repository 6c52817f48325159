/** What the platform is called, on its pages as in its messages. */
export const PLATFORM = '职业健康信息平台'
