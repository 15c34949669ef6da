using System.Collections.Immutable;
using System.Globalization;
using Constella.Core.Members;

namespace Constella.Core.Traffic;

/// <summary>What a machine costs and until when it is paid, as the owner has set it (rules A7 and T5).</summary>
/// <param name="Price">In the owner's words, with its currency.</param>
/// <param name="Expires">The last day that is paid; null: not known.</param>
/// <param name="Period">As the option has it: <c>month</c>, <c>quarter</c>, <c>year</c>, <c>6m</c> or <c>30d</c>.</param>
public sealed record Bill(string? Price, DateOnly? Expires, string Period)
{
    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>A reminder comes in the morning, not at midnight.</summary>
    private static readonly TimeSpan s_morning = TimeSpan.FromHours(9);

    /// <summary>So many days before the last one, each time more urgent.</summary>
    private static readonly int[] s_reminders = [14, 3, 1, 0];

    public static Bill Of(ImmutableArray<Option> options, string node) => new(
        Options.Text(options, Options.BillPrice, node),
        Date(Options.Text(options, Options.BillExpires, node)),
        Options.Text(options, Options.BillPeriod, node) is { } period && IsPeriod(period) ? period : "month");

    /// <summary>The last paid day after one more period; null where none is known. A day that a month does not have becomes its last one.</summary>
    public DateOnly? Renewed => Expires is { } day && Parse(Period) is { } period ? day.AddMonths(period.Months).AddDays(period.Days) : null;

    /// <summary>Days until the last paid one, which is 0; negative after it.</summary>
    public int? DaysLeft(DateTimeOffset utc) => Expires?.DayNumber - DateOnly.FromDateTime(utc.UtcDateTime).DayNumber;

    /// <summary>How urgent it is: 0 not at all, then from the first reminder to the last. Changes at 09:00 UTC.</summary>
    public int Stage(DateTimeOffset utc) => DaysLeft(utc - s_morning) is { } left ? s_reminders.Count(days => left <= days) : 0;

    /// <summary>A date such as <c>2026-12-24</c>, or null.</summary>
    public static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 2000 and <= 2200 ? date : null;

    /// <summary>The reverse of <see cref="Date(string?)"/>.</summary>
    public static string Date(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    public static bool IsPrice(string value) => value.Length <= Limits.PriceLength && !value.Any(char.IsControl);

    public static bool IsPeriod(string value) => Parse(value) is not null;

    private static (int Months, int Days)? Parse(string period) => period switch
    {
        "month" => (1, 0),
        "quarter" => (3, 0),
        "year" => (12, 0),
        [.. var number, 'm'] when Whole(number, 120) is { } months => (months, 0),
        [.. var number, 'd'] when Whole(number, 3_650) is { } days => (0, days),
        _ => null,
    };

    private static int? Whole(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;
}
