using System.Text;

namespace Sync.Testing;

/// <summary>The contract of <see cref="ITransportConnection"/> as cases, for every transport to run over pairs of its own.</summary>
public static class TransportConformance
{
    public static IReadOnlyList<TransportCase> Cases { get; } =
    [
        new("A_message_arrives_as_it_was_sent", ArrivesAsSentAsync),
        new("Messages_arrive_in_order", ArriveInOrderAsync),
        new("A_large_message_arrives_whole", LargeArrivesWholeAsync),
        new("An_empty_message_is_a_message", EmptyIsAMessageAsync),
        new("What_the_accepting_end_sends_may_be_no_text", MayBeNoTextAsync),
        new("Both_ends_send_while_both_receive", BothSendAndReceiveAsync),
        new("A_cancelled_receive_loses_neither_message_nor_connection", CancelledReceiveLosesNothingAsync),
        new("A_goodbye_brings_its_code_and_reason", GoodbyeBringsItsReasonAsync),
        new("What_was_sent_before_a_goodbye_comes_before_it", SentBeforeGoodbyeAsync),
        new("Whoever_says_goodbye_learns_it_as_the_end", SayerLearnsTheEndAsync),
        new("An_ended_connection_stays_ended", StaysEndedAsync),
        new("Sending_on_an_ended_connection_throws_a_TransportException", SendingAfterTheEndAsync),
        new("Closing_again_does_nothing", ClosingAgainAsync),
        new("A_peer_that_vanishes_is_an_end", VanishedPeerAsync),
        new("Disposing_ends_a_receive_that_waits", DisposingEndsReceiveAsync),
        new("A_message_over_the_bound_ends_the_connection_on_both_sides", OverTheBoundAsync),
    ];

    private static readonly TransportClose Goodbye = new(TransportClose.NotSignedIn, "Sign in again, Zoë.");

    private static async Task ArrivesAsSentAsync(TransportPair pair, CancellationToken patience)
    {
        await SendAsync(pair.Dialler, "{\"a\":\"ünï𝄞\"}", patience).ConfigureAwait(false);
        Same("{\"a\":\"ünï𝄞\"}", await TextAsync(pair.Acceptor, patience).ConfigureAwait(false));
        await SendAsync(pair.Acceptor, "[2]", patience).ConfigureAwait(false);
        Same("[2]", await TextAsync(pair.Dialler, patience).ConfigureAwait(false));
    }

    private static async Task ArriveInOrderAsync(TransportPair pair, CancellationToken patience)
    {
        const int Count = 200;
        var sending = SendManyAsync(pair.Dialler, Count, patience);
        for (var i = 0; i < Count; i++) Same($"{i}", await TextAsync(pair.Acceptor, patience).ConfigureAwait(false));
        await sending.ConfigureAwait(false);
    }

    private static async Task LargeArrivesWholeAsync(TransportPair pair, CancellationToken patience)
    {
        var text = string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i}é"));
        var sending = SendAsync(pair.Dialler, text, patience).AsTask();
        Same(text, await TextAsync(pair.Acceptor, patience).ConfigureAwait(false));
        await sending.ConfigureAwait(false);
    }

    private static async Task EmptyIsAMessageAsync(TransportPair pair, CancellationToken patience)
    {
        await SendAsync(pair.Dialler, "", patience).ConfigureAwait(false);
        await SendAsync(pair.Dialler, "1", patience).ConfigureAwait(false);
        Same("", await TextAsync(pair.Acceptor, patience).ConfigureAwait(false));
        Same("1", await TextAsync(pair.Acceptor, patience).ConfigureAwait(false));
    }

    // A server wraps large messages: they begin with a control character, and what follows is any bytes.
    private static async Task MayBeNoTextAsync(TransportPair pair, CancellationToken patience)
    {
        byte[] wrapped = [2, 0xFF, 0, 0xC3, 0x28];
        await pair.Acceptor.SendAsync(wrapped, patience).ConfigureAwait(false);
        var received = await pair.Dialler.ReceiveAsync(patience).ConfigureAwait(false);
        Same(Convert.ToHexString(wrapped), Convert.ToHexString(received.Message.Span));
    }

    private static async Task BothSendAndReceiveAsync(TransportPair pair, CancellationToken patience)
    {
        const int Count = 50;
        var toDialler = ReceiveManyAsync(pair.Dialler, Count, patience);
        var toAcceptor = ReceiveManyAsync(pair.Acceptor, Count, patience);
        await Task.WhenAll(SendManyAsync(pair.Dialler, Count, patience), SendManyAsync(pair.Acceptor, Count, patience)).ConfigureAwait(false);
        await Task.WhenAll(toDialler, toAcceptor).ConfigureAwait(false);
    }

    private static async Task CancelledReceiveLosesNothingAsync(TransportPair pair, CancellationToken patience)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(patience);
        var receiving = pair.Acceptor.ReceiveAsync(cancel.Token).AsTask();
        await cancel.CancelAsync().ConfigureAwait(false);
        try
        {
            await receiving.ConfigureAwait(false);
            throw new ConformanceException("A cancelled receive ended with a value.");
        }
        catch (OperationCanceledException)
        {
            await ArrivesAsSentAsync(pair, patience).ConfigureAwait(false);
        }
    }

    private static async Task GoodbyeBringsItsReasonAsync(TransportPair pair, CancellationToken patience)
    {
        var closing = pair.Acceptor.CloseAsync(Goodbye, patience).AsTask();
        Same(Goodbye, await EndAsync(pair.Dialler, patience).ConfigureAwait(false));
        await closing.ConfigureAwait(false);
    }

    private static async Task SentBeforeGoodbyeAsync(TransportPair pair, CancellationToken patience)
    {
        await SendAsync(pair.Acceptor, "1", patience).ConfigureAwait(false);
        await SendAsync(pair.Acceptor, "2", patience).ConfigureAwait(false);
        var closing = pair.Acceptor.CloseAsync(Goodbye, patience).AsTask();
        Same("1", await TextAsync(pair.Dialler, patience).ConfigureAwait(false));
        Same("2", await TextAsync(pair.Dialler, patience).ConfigureAwait(false));
        Same(Goodbye, await EndAsync(pair.Dialler, patience).ConfigureAwait(false));
        await closing.ConfigureAwait(false);
    }

    private static async Task SayerLearnsTheEndAsync(TransportPair pair, CancellationToken patience)
    {
        var receiving = EndAsync(pair.Acceptor, patience);
        var peer = EndAsync(pair.Dialler, patience);
        await pair.Acceptor.CloseAsync(Goodbye, patience).ConfigureAwait(false);
        Same(Goodbye, await receiving.ConfigureAwait(false));
        await peer.ConfigureAwait(false);
    }

    private static async Task StaysEndedAsync(TransportPair pair, CancellationToken patience)
    {
        await GoodbyeBringsItsReasonAsync(pair, patience).ConfigureAwait(false);
        Same(Goodbye, await EndAsync(pair.Dialler, patience).ConfigureAwait(false));
        Same(Goodbye, await EndAsync(pair.Acceptor, patience).ConfigureAwait(false));
    }

    private static async Task SendingAfterTheEndAsync(TransportPair pair, CancellationToken patience)
    {
        await GoodbyeBringsItsReasonAsync(pair, patience).ConfigureAwait(false);
        foreach (var end in new[] { pair.Dialler, pair.Acceptor })
        {
            try
            {
                await SendAsync(end, "1", patience).ConfigureAwait(false);
            }
            catch (TransportException)
            {
                continue;
            }

            throw new ConformanceException("A message was sent on a connection that had ended.");
        }
    }

    private static async Task ClosingAgainAsync(TransportPair pair, CancellationToken patience)
    {
        await GoodbyeBringsItsReasonAsync(pair, patience).ConfigureAwait(false);
        await pair.Acceptor.CloseAsync(Goodbye, patience).ConfigureAwait(false);
        await pair.Dialler.CloseAsync(Goodbye, patience).ConfigureAwait(false);
        await pair.Dialler.DisposeAsync().ConfigureAwait(false);
        await pair.Dialler.CloseAsync(Goodbye, patience).ConfigureAwait(false);
    }

    private static async Task VanishedPeerAsync(TransportPair pair, CancellationToken patience)
    {
        var receiving = EndAsync(pair.Acceptor, patience);
        await pair.Dialler.DisposeAsync().ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
    }

    private static async Task DisposingEndsReceiveAsync(TransportPair pair, CancellationToken patience)
    {
        var receiving = EndAsync(pair.Acceptor, patience);
        await pair.Acceptor.DisposeAsync().ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
    }

    private static async Task OverTheBoundAsync(TransportPair pair, CancellationToken patience)
    {
        if (pair.MaxMessageBytes is not { } bound) return;
        await SendAsync(pair.Dialler, new string('x', bound), patience).ConfigureAwait(false);
        Same(bound, (await TextAsync(pair.Acceptor, patience).ConfigureAwait(false)).Length);

        var receiving = EndAsync(pair.Acceptor, patience);
        await SendAsync(pair.Dialler, new string('x', bound + 1), patience).ConfigureAwait(false);
        Same(TransportClose.TooBig, (await EndAsync(pair.Dialler, patience).ConfigureAwait(false)).Code);
        Same(TransportClose.TooBig, (await receiving.ConfigureAwait(false)).Code);
    }

    private static async Task SendManyAsync(ITransportConnection from, int count, CancellationToken patience)
    {
        for (var i = 0; i < count; i++) await SendAsync(from, $"{i}", patience).ConfigureAwait(false);
    }

    private static async Task ReceiveManyAsync(ITransportConnection at, int count, CancellationToken patience)
    {
        for (var i = 0; i < count; i++) Same($"{i}", await TextAsync(at, patience).ConfigureAwait(false));
    }

    private static ValueTask SendAsync(ITransportConnection from, string text, CancellationToken patience) =>
        from.SendAsync(Encoding.UTF8.GetBytes(text), patience);

    private static async Task<string> TextAsync(ITransportConnection at, CancellationToken patience)
    {
        var received = await at.ReceiveAsync(patience).ConfigureAwait(false);
        return received.Close is { } close
            ? throw new ConformanceException($"A message was expected; the connection ended with {close.Code}: {close.Reason}")
            : Encoding.UTF8.GetString(received.Message.Span);
    }

    private static async Task<TransportClose> EndAsync(ITransportConnection at, CancellationToken patience)
    {
        var received = await at.ReceiveAsync(patience).ConfigureAwait(false);
        return received.Close ?? throw new ConformanceException($"The end was expected; a message of {received.Message.Length} bytes came.");
    }

    private static void Same<T>(T expected, T came)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, came)) throw new ConformanceException($"Expected {expected}, but came {came}.");
    }
}
