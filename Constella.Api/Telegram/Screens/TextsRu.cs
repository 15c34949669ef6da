namespace Constella.Api.Telegram.Screens;

internal static class TextsRu
{
    public static readonly Dictionary<Text, string> Table = new()
    {
        [Text.ListTitle] = "<b>Constella</b>: узлов {0}, в сети {1}",
        [Text.Host] = "Хост",
        [Text.NoQuorumMark] = "нет кворума",
        [Text.Offline] = "offline",
        [Text.OfflineSince] = "с {0}",
        [Text.NotHeardYet] = "ещё не слышен",
        [Text.QuorumYes] = "Кворум: {0} из {1}",
        [Text.QuorumNo] = "⚠️ Кворума нет: слышно {0} из {1}. Узлы видны, но состав сети и настройки изменить нельзя.",
        [Text.Refresh] = "🔄 Обновить",
        [Text.BackToList] = "⬅️ Все узлы",
        [Text.BackToCard] = "⬅️ Назад",
        [Text.ShowConsumption] = "📊 Показать потребление",
        [Text.Reboot] = "♻️ Перезагрузить сервер",
        [Text.CardState] = "Состояние: {0}",
        [Text.StateOnline] = "в сети",
        [Text.StateOffline] = "offline",
        [Text.StateUnknown] = "ещё не слышен",
        [Text.CardAddress] = "Адрес: {0}",
        [Text.CardRtt] = "Отвечает за: {0} мс",
        [Text.CardVersion] = "Версия: {0}",
        [Text.CardId] = "ID узла: {0}",
        [Text.CardLeaving] = "Узел останавливается.",
        [Text.NoSuchNode] = "Этого узла больше нет в сети.",
        [Text.ConsumptionTitle] = "<b>{0}</b>: потребление на {1}",
        [Text.ConsumptionFailed] = "Не удалось прочитать показатели <b>{0}</b>: {1}",
        [Text.NoAnswer] = "ответ не пришёл вовремя",
        [Text.Cpu] = "CPU: {0} %, ядер: {1}",
        [Text.Load] = "Нагрузка: {0} · {1} · {2}",
        [Text.Memory] = "Память: {0}",
        [Text.Swap] = "Подкачка: {0}",
        [Text.Disk] = "Диск {0}: {1}",
        [Text.Network] = "{0}: ↓ {1} ↑ {2}",
        [Text.Uptime] = "Работает: {0}",
        [Text.UptimeValue] = "{0} д {1} ч {2} мин",
        [Text.Unknown] = "неизвестно ({0})",
        [Text.SizeOf] = "{0} из {1} ({2} %)",
        [Text.RebootQuestion] = "Перезагрузить <b>{0}</b>?",
        [Text.RebootHost] = "Это Хост: бот на это время перейдёт на другой узел.",
        [Text.RebootYes] = "♻️ Да, перезагрузить",
        [Text.RebootNo] = "Нет",
        [Text.RebootNoBoot] = "<b>{0}</b> ещё не слышен: его возвращения не было бы видно. Повторите, когда он будет в сети.",
        [Text.RebootSending] = "<b>{0}</b>: отправляю команду… {1} с",
        [Text.RebootNoAnswer] = "<b>{0}</b> не отвечает: повторяю ту же команду… {1} с",
        [Text.RebootTaken] = "<b>{0}</b> принял команду и перезагружается… {1} с",
        [Text.RebootBack] = "✅ <b>{0}</b> снова в сети через {1} с",
        [Text.RebootRefused] = "⛔️ <b>{0}</b> отказался перезагружаться: {1}",
        [Text.RebootTimeout] = "⚠️ <b>{0}</b> не вернулся за {1} мин. Больше ничего не предпринимаю.",
        [Text.RebootGone] = "Узла <b>{0}</b> больше нет в сети.",
        [Text.RebootAlready] = "<b>{0}</b> уже перезагружался после этого вопроса. Ничего не сделано.",
        [Text.Help] = """
            <b>Constella</b> следит за вашими узлами с того из них, который сейчас Хост.
            /nodes – список узлов новым сообщением
            /invite 15m – ссылка для ещё одного узла, на срок от 1 мин до 24 ч
            /help – этот текст
            """,
        [Text.Invite] = """
            Ссылка для ещё одного узла. Действует {0}, один раз; храните в секрете:
            <code>{1}</code>
            На той машине:
            <code>./install.sh join --server-name NAME --join '{1}'</code>
            """,
        [Text.InviteBadTtl] = "Сколько должна жить ссылка? От 1m до 24h, например: /invite 15m",
        [Text.InviteFailed] = "Ссылка не создана: {0}",
        [Text.StrangerPolls] = "⚠️ Кто-то ещё опрашивает Telegram с токеном этого бота. Если это не вы, отзовите токен у @BotFather.",
        [Text.Cloned] = "⚠️ <b>{0}</b> запущен дважды: у двух машин один ID узла. Остановите одну и присоедините её заново.",
        [Text.WebhookRemoved] = "Для этого бота был задан webhook; он удалён, чтобы бот мог отвечать.",
        [Text.CommandNodes] = "все узлы",
        [Text.CommandInvite] = "ссылка для ещё одного узла",
        [Text.CommandHelp] = "что умеет бот",
        [Text.CommandStart] = "начать",
        [Text.Bytes] = "Б",
        [Text.KiB] = "КиБ",
        [Text.MiB] = "МиБ",
        [Text.GiB] = "ГиБ",
        [Text.TiB] = "ТиБ",
        [Text.PerSecond] = "{0}/с",
    };
}
