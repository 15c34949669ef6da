using System.Collections.Immutable;

namespace Constella.Core.Alerts;

/// <summary>The alerts that the network remembers: all that go on or are still to be told, and the latest of the others (rule A4).</summary>
public static class AlertBook
{
    /// <summary>Adds or replaces alerts by their id, then takes note of what was told.</summary>
    /// <returns>By beginning, bounded; itself when nothing changed.</returns>
    public static ImmutableArray<Alert> With(
        ImmutableArray<Alert> book, ImmutableArray<Alert> changes, ImmutableArray<AlertReceipt> receipts)
    {
        foreach (var change in changes)
        {
            // A writer that makes its change again on top of another's (S4) may find that one was faster: it goes on.
            if (change.Ended is not null || Open(book, change.Kind, change.Node) is not { } open || open.Id == change.Id)
                book = Put(book, change);
        }
        foreach (var receipt in receipts)
        {
            if (book.FirstOrDefault(a => a.Id == receipt.Id) is { } alert && alert.Told < receipt.Told)
                book = Put(book, alert with { Told = receipt.Told });
        }
        return Bounded(book);
    }

    /// <summary>The one that goes on, or null.</summary>
    public static Alert? Open(ImmutableArray<Alert> book, AlertKind kind, string? node)
    {
        foreach (var alert in book)
        {
            if (alert.Ended is null && alert.IsAbout(kind, node))
                return alert;
        }
        return null;
    }

    // What was told already never becomes untold: a change may have been made from an older copy.
    private static ImmutableArray<Alert> Put(ImmutableArray<Alert> book, Alert alert)
    {
        for (var i = 0; i < book.Length; i++)
        {
            if (book[i].Id == alert.Id)
                return book.SetItem(i, book[i].Told > alert.Told ? alert with { Told = book[i].Told } : alert);
        }
        var at = book.Length;
        while (at > 0 && book[at - 1].Since > alert.Since)
            at--;
        return book.Insert(at, alert);
    }

    private static ImmutableArray<Alert> Bounded(ImmutableArray<Alert> book)
    {
        // The latest move of the Host says who it was, however long ago that is.
        var moved = book.LastOrDefault(static a => a.Kind == AlertKind.Host);
        book = WithoutOldest(book, a => a.Ended is not null && !a.Due && a != moved, Limits.AlertsRecent);
        return WithoutOldest(book, static _ => true, Limits.Alerts);
    }

    private static ImmutableArray<Alert> WithoutOldest(ImmutableArray<Alert> book, Func<Alert, bool> counts, int most)
    {
        var over = book.Count(counts) - most;
        return over <= 0 ? book : book.RemoveAll(a => counts(a) && over-- > 0);
    }
}
