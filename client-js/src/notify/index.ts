export {
  type NotifiedPage,
  type NotificationConstructor,
  type NotificationLike,
  Notifier,
  type NotifierOptions,
} from './notifier.ts';
